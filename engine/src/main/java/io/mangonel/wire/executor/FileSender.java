package io.mangonel.wire.executor;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.mangonel.wire.Limits;
import io.mangonel.wire.proto.FetchPartitionResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one file as fast as the reader takes it. All methods run on the call's own executor. */
final class FileSender {
  private static final Logger LOG = LoggerFactory.getLogger(FileSender.class);

  private final FileChannel file;
  private final ServerCallStreamObserver<FetchPartitionResponse> call;
  private final long totalBytes;
  private long sentBytes;
  private boolean started;
  private boolean ended;

  private FileSender(
      FileChannel file, long offset, ServerCallStreamObserver<FetchPartitionResponse> call)
      throws IOException {
    this.file = file;
    this.totalBytes = file.size();
    this.sentBytes = Math.clamp(offset, 0, totalBytes);
    this.call = call;
  }

  /**
   * @param offset where to begin, bytes
   */
  static void send(Path path, long offset, ServerCallStreamObserver<FetchPartitionResponse> call) {
    try {
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
      FileSender sender = new FileSender(file, offset, call);
      call.setOnReadyHandler(sender::sendWhileReady);
      call.setOnCancelHandler(sender::end);
      call.setOnCloseHandler(sender::end);
    } catch (NoSuchFileException missing) {
      call.onError(
          Status.NOT_FOUND
              .withDescription("no shuffle file " + path.getFileName())
              .asRuntimeException());
    } catch (IOException unreadable) {
      call.onError(failure(unreadable));
    }
  }

  private void sendWhileReady() {
    try {
      while (!ended && call.isReady()) {
        sendChunk();
      }
    } catch (IOException unreadable) {
      end();
      call.onError(failure(unreadable));
    }
  }

  private void sendChunk() throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate((int) Math.min(Limits.CHUNK_BYTES, totalBytes - sentBytes));
    while (chunk.hasRemaining()) {
      if (file.read(chunk, sentBytes + chunk.position()) < 0) {
        throw new IOException("file became shorter while it was sent");
      }
    }
    sentBytes += chunk.position();
    FetchPartitionResponse.Builder message =
        FetchPartitionResponse.newBuilder().setChunk(ByteString.copyFrom(chunk.flip()));
    if (!started) {
      started = true;
      message.setTotalBytes(totalBytes);
    }
    call.onNext(message.build());
    if (sentBytes == totalBytes) {
      end();
      call.onCompleted();
    }
  }

  private void end() {
    ended = true;
    try {
      file.close();
    } catch (IOException closing) {
      LOG.warn("cannot close a file that was read: {}", closing.getMessage());
    }
  }

  static RuntimeException failure(IOException unreadable) {
    return Status.DATA_LOSS
        .withDescription("cannot read the shuffle file: " + unreadable.getMessage())
        .asRuntimeException();
  }
}
