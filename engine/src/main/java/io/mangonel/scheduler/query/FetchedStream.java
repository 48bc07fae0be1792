package io.mangonel.scheduler.query;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Limits;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import io.mangonel.wire.executor.ExecutorMessages.FileRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of an executor while it is fetched: a virtual thread fetches a few chunks ahead of the
 * reader. When the executor goes and comes back with its files (rule T12), the rest is fetched from
 * where the reader is: the file is the same to the byte, or the executor refuses. One thread reads.
 */
final class FetchedStream extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(FetchedStream.class);

  /** Chunks fetched ahead; each is at most {@code wire.Limits.CHUNK_BYTES}. */
  private static final int CHUNKS_AHEAD = 16;

  /** Without a byte for so long after a broken connection, the rest will not come. */
  private static final long RESUME_MAX_MS = 20_000;

  private static final long RESUME_PAUSE_MS = 200;

  /** The fetch ends by itself in less. */
  private static final long READ_WAIT_MS = RESUME_MAX_MS + 2 * Limits.FETCH_STALL_MS;

  private final ExecutorClient client;
  private final ExecutorId holder;
  private final Supplier<Optional<HostPort>> address;
  private final OutputFile file;
  private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread fetcher;
  private long putBytes; // The fetcher's.
  private ByteBuffer chunk = ByteBuffer.allocate(0);
  private @Nullable Part end;

  private sealed interface Part {
    /** A copy of bytes of the file. */
    record Chunk(ByteBuffer bytes) implements Part {}

    record End() implements Part {}

    record Failed(String message) implements Part {}
  }

  /**
   * Not a byte comes of a file that is no longer what was written.
   *
   * @param address where the holder is now; empty when it was given up
   */
  FetchedStream(
      ExecutorClient client,
      ExecutorId holder,
      Supplier<Optional<HostPort>> address,
      OutputFile file) {
    this.client = client;
    this.holder = holder;
    this.address = address;
    this.file = file;
    fetcher = Thread.ofVirtual().name("fetch-" + file.path()).unstarted(this::fetch);
  }

  /** Begins to fetch. */
  FetchedStream start() {
    fetcher.start();
    return this;
  }

  private void fetch() {
    try {
      parts.put(fetched());
    } catch (IOException readerLeft) {
      return;
    } catch (InterruptedException readerLeft) {
      Thread.currentThread().interrupt();
    }
  }

  private Part fetched() throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RESUME_MAX_MS);
    boolean told = false;
    while (true) {
      Optional<HostPort> peer = address.get();
      if (peer.isEmpty()) {
        return new Part.Failed("it is gone");
      }
      long beforeBytes = putBytes;
      var rest = new FileRequest(holder, file.path(), file.checksum(), putBytes);
      String broken;
      switch (client.fetchPartition(peer.get(), rest, new PartWriter())) {
        case Reply.Answered<Long> _ -> {
          return new Part.End();
        }
        case Reply.NotFound<Long>(String message) -> {
          return new Part.Failed(message);
        }
        case Reply.Broken<Long>(String message) -> {
          return new Part.Failed(message);
        }
        case Reply.Unreachable<Long>(String message) -> broken = message;
        case Reply.TimedOut<Long>(String message) -> broken = message;
        case Reply.Rejected<Long>(String message) -> broken = message; // Another has its port.
      }
      if (putBytes > beforeBytes) {
        deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RESUME_MAX_MS);
      }
      if (System.nanoTime() > deadlineNs) {
        return new Part.Failed(broken);
      }
      if (!told) {
        told = true;
        LOG.info("the rest of a result is fetched from {} when it is back: {}", holder, broken);
      }
      if (closed.await(RESUME_PAUSE_MS, TimeUnit.MILLISECONDS)) {
        throw new InterruptedException("the reader closed the stream");
      }
    }
  }

  private final class PartWriter extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        parts.put(
            new Part.Chunk(ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length))));
        putBytes += length;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the reader closed the stream");
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!chunk.hasRemaining()) {
      if (!next()) {
        return -1;
      }
    }
    int count = Math.min(length, chunk.remaining());
    chunk.get(target, offset, count);
    return count;
  }

  /** Takes the next chunk; false at the end. */
  private boolean next() throws IOException {
    if (end == null) {
      Part part;
      try {
        part = parts.poll(READ_WAIT_MS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading a result");
      }
      if (part == null) {
        throw new IOException("no more of the result came in time");
      }
      if (part instanceof Part.Chunk(ByteBuffer bytes)) {
        chunk = bytes;
        return true;
      }
      end = part;
    }
    if (end instanceof Part.Failed(String message)) {
      throw new IOException("executor " + holder + ", which holds the result: " + message);
    }
    return false;
  }

  /** Ends the fetch. */
  @Override
  public void close() {
    closed.countDown();
    fetcher.interrupt();
  }
}
