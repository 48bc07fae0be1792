package io.mangonel.state.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.mangonel.state.StateException;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connections to etcd, and what a call that failed means. */
final class EtcdCalls {
  private EtcdCalls() {}

  /** A call that failed: etcd's status where it gave one. */
  static final class FailedCall extends Exception {
    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    private FailedCall(Status.Code code, String message, Throwable cause) {
      super(message, cause);
      this.code = code;
    }

    Status.Code code() {
      return code;
    }

    String description() {
      return String.valueOf(getMessage());
    }

    boolean compacted() {
      return code == Status.Code.OUT_OF_RANGE && description().contains("compacted");
    }
  }

  /**
   * A client with a channel of its own; connects when it is used.
   *
   * @throws StateException when a TLS file cannot be read
   */
  static Client connect(EtcdAccess access) {
    ClientBuilder builder =
        Client.builder()
            .endpoints(access.endpoints())
            .waitForReady(false)
            .connectTimeout(Duration.ofMillis(EtcdLimits.CONNECT_MS))
            .keepaliveTime(Duration.ofMillis(EtcdLimits.PING_MS))
            .keepaliveTimeout(Duration.ofMillis(EtcdLimits.PING_TIMEOUT_MS))
            .keepaliveWithoutCalls(false) // etcd hangs up on who pings while it asks for nothing.
            .maxInboundMessageSize(EtcdLimits.ANSWER_BYTES_MAX)
            .retryChronoUnit(ChronoUnit.MILLIS)
            .retryDelay(EtcdLimits.READ_PAUSE_MS)
            .retryMaxDelay(EtcdLimits.READ_PAUSE_MAX_MS)
            .retryMaxAttempts(EtcdLimits.READ_RETRIES_MAX)
            .retryMaxDuration(Duration.ofMillis(EtcdLimits.READ_RETRY_MS))
            .interceptor(new Deadlines());
    EtcdAccess.Login login = access.settings().login();
    if (login != null) {
      builder
          .user(ByteSequence.from(login.user(), StandardCharsets.UTF_8))
          .password(ByteSequence.from(login.password(), StandardCharsets.UTF_8));
    }
    if (access.encrypted()) {
      encrypt(builder, access);
    }
    return builder.build();
  }

  private static void encrypt(ClientBuilder builder, EtcdAccess access) {
    try {
      builder.sslContext(with(access, GrpcSslContexts.forClient()).build());
    } catch (SSLException | IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static SslContextBuilder with(EtcdAccess access, SslContextBuilder context) {
    EtcdAccess.Tls tls = access.settings().tls();
    if (tls.authority() != null) {
      context.trustManager(tls.authority().toFile());
    }
    if (tls.certificate() != null && tls.key() != null) {
      context.keyManager(tls.certificate().toFile(), tls.key().toFile());
    }
    return context;
  }

  private static StateException unusable(Exception e) {
    return new StateException("the TLS files for etcd cannot be used: " + e.getMessage(), e);
  }

  /**
   * The same for HTTP; empty without encryption.
   *
   * @throws StateException when a TLS file cannot be read
   */
  static Optional<SSLContext> tls(EtcdAccess access) {
    if (!access.encrypted()) {
      return Optional.empty();
    }
    try {
      SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
      return with(access, builder).build() instanceof JdkSslContext context
          ? Optional.of(context.context())
          : Optional.empty();
    } catch (SSLException | IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** Every call ends; streams are watched by whoever opened them. */
  private static final class Deadlines implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      boolean one = method.getType() == MethodDescriptor.MethodType.UNARY;
      return next.newCall(
          method,
          one && options.getDeadline() == null
              ? options.withDeadlineAfter(longest(method), TimeUnit.MILLISECONDS)
              : options);
    }

    private static long longest(MethodDescriptor<?, ?> method) {
      String name = String.valueOf(method.getBareMethodName());
      return name.equals("Defragment") || name.equals("Compact")
          ? EtcdLimits.MAINTENANCE_MS
          : EtcdLimits.CALL_MS;
    }
  }

  /**
   * Waits for an answer to what may be asked twice, and asks again when none comes for a while, or
   * no server is there.
   *
   * @param mostMs after this time it has failed
   */
  static <T> T ask(Supplier<CompletableFuture<T>> call, long mostMs) throws FailedCall {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    long patienceMs = EtcdLimits.PATIENCE_MS;
    while (true) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
      try {
        return await(call.get(), Math.clamp(leftMs, 1, patienceMs));
      } catch (FailedCall e) {
        long askedMs = mostMs - TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
        switch (e.code()) {
          case DEADLINE_EXCEEDED -> {
            if (askedMs >= mostMs) {
              throw e;
            }
            patienceMs *= 2;
          }
          case UNAVAILABLE -> {
            if (askedMs >= Math.min(mostMs, EtcdLimits.UNAVAILABLE_MS)
                || !pause(EtcdLimits.READ_PAUSE_MS)) {
              throw e;
            }
          }
          default -> throw e;
        }
      }
    }
  }

  /** Between two tries; false when the thread is interrupted, and there is to be no other. */
  static boolean pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits for an answer. */
  static <T> T await(CompletableFuture<T> answer, long timeoutMs) throws FailedCall {
    try {
      return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new FailedCall(
          Status.Code.DEADLINE_EXCEEDED, "no answer within " + timeoutMs + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(true);
      throw new FailedCall(Status.Code.CANCELLED, "interrupted", e);
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  private static FailedCall failed(ExecutionException failure) {
    Throwable cause = failure;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      cause = next;
      if (next instanceof EtcdException etcd) {
        return new FailedCall(code(etcd), text(etcd.getMessage(), etcd), failure);
      }
      Status status = statusOf(next);
      if (status != null) {
        return new FailedCall(status.getCode(), text(status.getDescription(), next), failure);
      }
    }
    return new FailedCall(Status.Code.UNKNOWN, cause.toString(), failure);
  }

  private static @Nullable Status statusOf(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException failure) {
      return failure.getStatus();
    }
    return thrown instanceof StatusException failure ? failure.getStatus() : null;
  }

  private static Status.Code code(EtcdException failure) {
    return Status.Code.valueOf(failure.getErrorCode().name());
  }

  /** In one line, with what is behind it: "io exception" alone tells nothing. */
  private static String text(@Nullable String message, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String first = message == null ? "" : message.lines().findFirst().orElse("");
    String reason = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    if (first.isEmpty()) {
      return reason;
    }
    return failure.getCause() == null || first.contains(reason) ? first : first + ": " + reason;
  }
}
