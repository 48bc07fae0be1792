package io.mangonel.executor.task;

import io.mangonel.planner.stage.EngineSettings;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that leave the processors to others: what takes long does not hold up what is quick, such
 * as scheduling, heartbeats and small queries. Alone they get all there is. Threads that they
 * start, DuckDB's too, are like them. Only Linux has a niceness of single threads; elsewhere these
 * are threads like any other.
 */
public final class BackgroundThreads implements ThreadFactory {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);

  /** When it is loaded, by the first of them. */
  private static final class Native {
    private static final Optional<MethodHandle> NICE = nice();

    /** {@code int nice(int)}: on Linux, of the thread that calls it. */
    @SuppressWarnings("restricted") // Native access is enabled for every process of ours.
    private static Optional<MethodHandle> nice() {
      if (!System.getProperty("os.name", "").equals("Linux")) {
        return Optional.empty();
      }
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find("nice")
          .map(
              symbol ->
                  linker.downcallHandle(
                      symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
    }
  }

  @Override
  public Thread newThread(Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .stackSize(EngineSettings.STACK_BYTES)
        .unstarted(
            () -> {
              stepBack();
              work.run();
            });
  }

  /** What it gives is not used: without, tasks run as well. */
  private static void stepBack() {
    Native.NICE.ifPresent(
        nice -> {
          try {
            int _ = (int) nice.invokeExact(Limits.TASK_NICENESS);
          } catch (Throwable e) {
            LOG.warn("tasks have the same priority as all else: {}", e.toString());
          }
        });
  }
}
