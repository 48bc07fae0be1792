package io.mangonel.cli.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import io.mangonel.cli.logs.LogOptions.LogFormat;
import io.mangonel.cli.options.BuildVersion;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.files.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where log lines go. There is no configuration file. */
public final class ServerLogging {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg"
          + "%replace( [%X]){' \\[\\]', ''}%n";

  private static final long FILE_BYTES_MAX = 32L << 20;

  /** Beside the one that is written. */
  private static final int OLD_FILES_MAX = 3;

  private ServerLogging() {}

  /** Nothing is logged: for commands that talk to a person. */
  public static void silence() {
    LoggerContext context = context();
    context.reset();
    root(context).setLevel(Level.OFF);
  }

  /** Libraries print nothing by themselves: that a client leaves early is news to them. */
  public static void silenceLibraries() {
    LogManager.getLogManager().reset();
  }

  /** Logs to stderr and to a new file, which is named in the first line. */
  public static Path toFile(LogOptions options, DirectoryOptions directory, String role) {
    Path folder = options.directory(directory);
    Path file = folder.resolve(role + "-" + ProcessHandle.current().pid() + ".log");
    try {
      Files.createDirectories(folder);
      Files.writeString(file, "");
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write the log file "
              + file
              + ": "
              + FileProblem.reason(file, e)
              + ": choose another directory with --log-dir or --dir");
    }
    OldLogs.sweep(folder, role);
    LoggerContext context = context();
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setFile(file.toString());
    bound(context, appender, file);
    start(context, console, options.format());
    start(context, appender, options.format());
    RepetitionLimit repetitions =
        new RepetitionLimit(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    repetitions.setContext(context);
    repetitions.start();
    context.addTurboFilter(repetitions);
    root(context).setLevel(Level.WARN);
    // It warns of each failed call; ours say what came of it.
    context.getLogger("io.etcd.jetcd").setLevel(Level.ERROR);
    context
        .getLogger("io.mangonel")
        .setLevel(Level.toLevel(options.level().name().toUpperCase(Locale.ROOT)));
    context.putProperty("role", role);
    LoggerFactory.getLogger(ServerLogging.class)
        .info("{} {} logs to {}", role, BuildVersion.read().version(), file);
    return file;
  }

  /** A server lives for months: at a size the file is put aside, and the oldest of those goes. */
  private static void bound(
      LoggerContext context, RollingFileAppender<ILoggingEvent> appender, Path file) {
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(appender);
    window.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i");
    window.setMinIndex(1);
    window.setMaxIndex(OLD_FILES_MAX);
    window.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(FILE_BYTES_MAX));
    size.start();
    appender.setRollingPolicy(window);
    appender.setTriggeringPolicy(size);
  }

  private static void start(
      LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, LogFormat format) {
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case text -> text();
          case json -> json();
        };
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    root(context).addAppender(appender);
  }

  private static Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithMarkers(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }

  private static ch.qos.logback.classic.Logger root(LoggerContext context) {
    return context.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
