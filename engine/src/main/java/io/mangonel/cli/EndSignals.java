package io.mangonel.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and SIGINT do to a server that has something to finish: the first lets it end in its
 * own time, the second ends the process at once. A shutdown hook cannot do that: while it runs, the
 * JVM ignores signals. {@code sun.misc.Signal} is called by name, because the compiler warns of it
 * in a way that cannot be suppressed.
 */
final class EndSignals {
  private static final Logger LOG = LoggerFactory.getLogger(EndSignals.class);

  /** As shells count: this and the number of the signal. */
  private static final int BY_SIGNAL = 128;

  private EndSignals() {}

  /**
   * @param finish runs on the first signal, on a thread of its own; then the process exits
   */
  static void onFirst(Runnable finish) {
    AtomicBoolean asked = new AtomicBoolean();
    IntConsumer handler =
        exitCode -> {
          if (asked.compareAndSet(false, true)) {
            LOG.info("asked to end: finishing; a second signal ends the process at once");
            Thread.ofPlatform().name("finish").start(() -> finishAndExit(finish, exitCode));
          } else {
            Runtime.getRuntime().halt(exitCode);
          }
        };
    try {
      handle("TERM", () -> handler.accept(BY_SIGNAL + 15));
      handle("INT", () -> handler.accept(BY_SIGNAL + 2));
    } catch (ReflectiveOperationException | IllegalArgumentException otherJvm) {
      LOG.warn("signals end this process without finishing: {}", otherJvm.toString());
    }
  }

  private static void handle(String name, Runnable handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            EndSignals.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) ->
                switch (method.getName()) {
                  case "handle" -> {
                    handler.run();
                    yield null;
                  }
                  case "equals" -> false; // The JVM compares with its own two handlers.
                  case "hashCode" -> name.hashCode();
                  default -> "handler of SIG" + name;
                });
    Object named = signal.getConstructor(String.class).newInstance(name);
    signal.getMethod("handle", signal, type).invoke(null, named, proxy);
  }

  private static void finishAndExit(Runnable finish, int exitCode) {
    finish.run();
    System.exit(exitCode);
  }
}
