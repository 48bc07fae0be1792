package io.mangonel.state.etcd;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where etcd is and how it lets us in.
 *
 * @param endpoints {@code http://host:port} or {@code https://host:port}, all of one scheme
 */
public record EtcdAccess(List<URI> endpoints, Settings settings) {
  private static final int PORT = 2379;

  /**
   * What is the same for every endpoint.
   *
   * @param prefix what every key begins with: schedulers with the same one are one cluster
   * @param login user and password, or null where etcd asks for none
   * @param tls files for https; each may be missing
   */
  public record Settings(String prefix, @Nullable Login login, Tls tls) {
    public static final String STANDARD_PREFIX = "mangonel/";

    /** Of an etcd that lets everybody in. */
    public static final Settings STANDARD = new Settings(STANDARD_PREFIX, null, Tls.NONE);
  }

  /** A user of etcd. */
  public record Login(String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }

  /**
   * PEM files.
   *
   * @param authority who signed etcd's certificate; null for those that the Java runtime trusts
   * @param certificate what this process shows of itself, with {@code key}; null for nothing
   * @param key of the certificate, PKCS 8
   */
  public record Tls(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {
    public static final Tls NONE = new Tls(null, null, null);
  }

  public EtcdAccess {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
  }

  /**
   * @param endpoints one or more, separated by commas; the port is 2379 where none is named
   * @throws IllegalArgumentException when they are none; the message is for a person
   */
  public static List<URI> endpoints(String endpoints) {
    List<URI> parsed = new ArrayList<>();
    for (String text : endpoints.split(",", -1)) {
      parsed.add(endpoint(text.strip()));
    }
    if (parsed.stream().map(URI::getScheme).distinct().count() > 1) {
      throw new IllegalArgumentException("some endpoints are http and some https: " + endpoints);
    }
    return parsed;
  }

  private static URI endpoint(String text) {
    try {
      URI uri = new URI(text);
      boolean scheme = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean path =
          uri.getPath() != null && !uri.getPath().isEmpty() && !uri.getPath().equals("/");
      if (uri.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "an endpoint of etcd names no user: give --etcd-user and --etcd-password-file");
      }
      if (scheme && uri.getHost() != null && !path) {
        int port = uri.getPort() < 0 ? PORT : uri.getPort();
        return new URI(uri.getScheme(), null, uri.getHost(), port, null, null, null);
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "an endpoint of etcd is http://host:port or https://host:port, it is '" + text + "'");
  }

  /** The same for one member alone. */
  EtcdAccess only(URI endpoint) {
    return new EtcdAccess(List.of(endpoint), settings);
  }

  boolean encrypted() {
    return endpoints.getFirst().getScheme().equals("https");
  }

  /** For messages. */
  @Override
  public String toString() {
    return String.join(",", endpoints.stream().map(URI::toString).toList());
  }
}
