package io.mangonel.wire;

import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;

/** The end of an allocator whose buffers went to, or came from, the network. */
public final class ArrowMemory {
  private ArrowMemory() {}

  /**
   * Closes {@code allocator} once all its buffers are back. Netty's threads give back those of a
   * message that was cut off a moment after the call, the channel or the server has ended, so this
   * waits for them, up to {@link Limits#BUFFERS_RETURN_MAX_MS}.
   *
   * @throws IllegalStateException when some were not given back: a bug, which nobody can mend now;
   *     it says which. What closes a whole process logs it and goes on.
   */
  public static void close(BufferAllocator allocator) {
    long endNs = System.nanoTime() + Limits.BUFFERS_RETURN_MAX_MS * 1_000_000;
    while (allocator.getAllocatedMemory() > 0 && System.nanoTime() - endNs < 0) {
      LockSupport.parkNanos(Limits.BUFFERS_RETURN_POLL_MS * 1_000_000);
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    allocator.close();
  }
}
