package io.mangonel.scheduler.query;

import io.mangonel.core.task.OutputFile;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.executor.ExecutorClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file of an executor while it is fetched: a virtual thread fetches a few chunks ahead of the
 * reader. One thread reads.
 */
final class FetchedStream extends InputStream {
  /** Chunks fetched ahead; each is at most {@code wire.Limits.CHUNK_BYTES}. */
  private static final int CHUNKS_AHEAD = 16;

  /** The fetch ends by itself in less. */
  private static final long READ_WAIT_MS = io.mangonel.wire.Limits.FETCH_STALL_MS * 2;

  private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private final Thread fetcher;
  private ByteBuffer chunk = ByteBuffer.allocate(0);
  private @Nullable Part end;

  private sealed interface Part {
    /** A copy of bytes of the file. */
    record Chunk(ByteBuffer bytes) implements Part {}

    record End() implements Part {}

    record Failed(String message) implements Part {}
  }

  /** Not a byte comes of a file that is no longer what was written. */
  FetchedStream(ExecutorClient client, HostPort peer, OutputFile file) {
    fetcher =
        Thread.ofVirtual().name("fetch-" + file.path()).start(() -> fetch(client, peer, file));
  }

  private void fetch(ExecutorClient client, HostPort peer, OutputFile file) {
    Part last;
    try {
      last =
          switch (client.fetchPartition(peer, file.path(), file.checksum(), new PartWriter())) {
            case Reply.Answered<Long> _ -> new Part.End();
            case Reply.Unreachable<Long>(String message) -> new Part.Failed(message);
            case Reply.TimedOut<Long>(String message) -> new Part.Failed(message);
            case Reply.NotFound<Long>(String message) -> new Part.Failed(message);
            case Reply.Rejected<Long>(String message) -> new Part.Failed(message);
            case Reply.Broken<Long>(String message) -> new Part.Failed(message);
          };
    } catch (IOException closed) {
      return;
    }
    try {
      parts.put(last);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
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
      throw new IOException("the executor that holds the result failed: " + message);
    }
    return false;
  }

  /** Ends the fetch. */
  @Override
  public void close() {
    fetcher.interrupt();
  }
}
