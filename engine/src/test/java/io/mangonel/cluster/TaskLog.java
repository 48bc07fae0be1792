package io.mangonel.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mangonel.core.task.JobId;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What the executors of this JVM say that they run. */
final class TaskLog implements AutoCloseable {
  private static final Pattern START = Pattern.compile("task (\\S+) starts");

  private final Queue<String> attempts = new ConcurrentLinkedQueue<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("io.mangonel.executor.AgentEffects");
  private final Level before = logger.getEffectiveLevel();
  private final boolean additive = logger.isAdditive();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          Matcher start = START.matcher(event.getFormattedMessage());
          if (start.matches()) {
            attempts.add(start.group(1));
          }
        }
      };

  TaskLog() {
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  /** Attempts of the job's tasks that began on an executor. */
  List<String> started(JobId job) {
    return attempts.stream().filter(attempt -> attempt.startsWith(job + "/")).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(additive);
    logger.setLevel(before);
  }
}
