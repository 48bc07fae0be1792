package io.mangonel.state.etcd;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Failures that no waiting mends: what a person has to change. */
final class EtcdRefusals {
  private EtcdRefusals() {}

  /** What is wrong, after "etcd at X"; empty when it may be well later. */
  static Optional<String> of(EtcdCalls.FailedCall failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable next = failure; next != null; next = next.getCause()) {
      causes.add(next);
    }
    // Some repeat the one below them, with its class.
    String reason =
        String.valueOf(causes.getLast().getMessage()).replaceFirst("^.*Exception: ", "");
    if (causes.stream().anyMatch(EtcdRefusals::isOfCertificate)) {
      return Optional.of("shows a certificate that is not trusted (see --etcd-ca): " + reason);
    }
    if (causes.stream().anyMatch(NotSslRecordException.class::isInstance)) {
      return Optional.of("does not speak TLS: is it http?");
    }
    if (causes.stream().anyMatch(SSLException.class::isInstance)) {
      return ofTls(causes.getLast(), reason);
    }
    return switch (failure.code()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT ->
          Optional.of(
              "does not let this process in (see --etcd-user, --etcd-password-file): "
                  + failure.description());
      default -> Optional.empty();
    };
  }

  private static boolean isOfCertificate(Throwable thrown) {
    return thrown instanceof CertificateException
        || thrown instanceof CertPathBuilderException
        || thrown instanceof CertPathValidatorException;
  }

  /** What was merely slow, or cut, may do better the next time. */
  private static Optional<String> ofTls(Throwable root, String reason) {
    boolean cut = root instanceof IOException && !(root instanceof SSLException);
    if (cut || root instanceof SslHandshakeTimeoutException || reason.contains("closed")) {
      return Optional.empty();
    }
    return reason.toUpperCase(Locale.ROOT).contains("ALERT")
        ? Optional.of(
            "refuses this process's certificate, or that it shows none (see --etcd-cert,"
                + " --etcd-key): "
                + reason)
        : Optional.of("cannot be talked to with TLS (see --etcd-cert, --etcd-key): " + reason);
  }
}
