package io.mangonel.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps other web sites out. A page of another site may make a browser send requests here; it must
 * neither change something nor, by a name that it lets point here (DNS rebinding), read something.
 */
final class RequestGuard {
  private final Set<String> names;

  /**
   * @param bind the address the door listens on
   */
  RequestGuard(String bind) {
    this.names = Set.of("localhost", bind.toLowerCase(Locale.ROOT), hostName());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "-"; // No name: only addresses are accepted.
    }
  }

  /** Why the request is refused; empty when it is welcome. */
  Optional<HttpReply> refusal(HttpQuestion question) {
    String host = question.header("Host").orElse("");
    if (!known(host)) {
      return Optional.of(
          HttpReply.error(
              HttpReply.MISDIRECTED,
              "this scheduler does not answer as '"
                  + host
                  + "': open it by its IP address or as localhost"));
    }
    if (question.reads()) {
      return Optional.empty();
    }
    boolean json =
        question
            .header("Content-Type")
            .map(type -> type.split(";", 2)[0].strip().equalsIgnoreCase(HttpReply.JSON_TYPE))
            .orElse(false);
    if (!json) {
      return Optional.of(
          HttpReply.error(
              HttpReply.UNSUPPORTED_TYPE,
              "a request that changes something needs Content-Type: " + HttpReply.JSON_TYPE));
    }
    boolean sameOrigin =
        question.header("Origin").map(origin -> sameHost(origin, host)).orElse(true);
    boolean crossSite =
        question.header("Sec-Fetch-Site").filter(site -> site.equals("cross-site")).isPresent();
    return sameOrigin && !crossSite
        ? Optional.empty()
        : Optional.of(
            HttpReply.error(
                HttpReply.FORBIDDEN, "only this scheduler's own page may send this request"));
  }

  private static boolean sameHost(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  /** An address cannot be rebound; a name must be one of ours. */
  private boolean known(String hostAndPort) {
    String host = hostAndPort.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    boolean address =
        host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || host.matches("\\[[0-9a-f:.%]+]");
    return address || names.contains(host);
  }
}
