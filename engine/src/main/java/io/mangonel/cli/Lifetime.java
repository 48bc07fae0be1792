package io.mangonel.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** How long a server runs: until a signal comes, or until the process that started it is gone. */
final class Lifetime {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

  @Option(
      names = "--exit-with-parent",
      hidden = true,
      description = "End when standard input ends.")
  private boolean exitWithParent;

  /** Blocks until the process ends; {@code server} is closed then, in every case. */
  void await(AutoCloseable server) {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  close(server);
                  ended.countDown();
                },
                "shutdown"));
    if (exitWithParent) {
      Thread.ofPlatform().daemon().name("parent").start(Lifetime::exitAtEndOfInput);
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable server) {
    try {
      LOG.info("closing");
      server.close();
      LOG.info("closed");
    } catch (Exception e) {
      LOG.error("could not close", e);
    }
  }

  private static void exitAtEndOfInput() {
    InputStream input = System.in;
    try {
      // Nobody writes: only the end tells something.
      input.skipNBytes(Long.MAX_VALUE);
    } catch (EOFException e) {
      LOG.info("the process that started this one is gone");
    } catch (IOException e) {
      LOG.warn("lost standard input: {}", e.getMessage());
    }
    System.exit(0);
  }
}
