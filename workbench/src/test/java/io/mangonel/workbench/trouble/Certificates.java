package io.mangonel.workbench.trouble;

import io.mangonel.workbench.chaos.network.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * PEM files, made by the JDK's keytool: an authority, a certificate of it for both sides of a
 * connection on loopback, and another authority that signed neither.
 */
record Certificates(Path authority, Path certificate, Path key, Path stranger) {
  private static final String PASSWORD = "changeit";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  static Certificates make(Path directory) throws IOException, GeneralSecurityException {
    Files.createDirectories(directory);
    Path store = directory.resolve("keys.p12");
    generate(store, "authority", "-ext", "bc:critical=ca:true");
    generate(store, "stranger", "-ext", "bc:critical=ca:true");
    generate(
        store,
        "node",
        "-signer",
        "authority",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-ext",
        "eku=serverAuth,clientAuth");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    byte[] key = keys.getKey("node", PASSWORD.toCharArray()).getEncoded();
    return new Certificates(
        certificate(keys, "authority", directory),
        certificate(keys, "node", directory),
        pem(directory.resolve("node.key"), "PRIVATE KEY", key),
        certificate(keys, "stranger", directory));
  }

  private static void generate(Path store, String name, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    command.addAll(List.of(options));
    var _ = Shell.must(command.toArray(String[]::new));
  }

  private static Path certificate(KeyStore keys, String name, Path directory)
      throws IOException, GeneralSecurityException {
    byte[] encoded = keys.getCertificate(name).getEncoded();
    return pem(directory.resolve(name + ".pem"), "CERTIFICATE", encoded);
  }

  private static Path pem(Path file, String kind, byte[] content) throws IOException {
    return Files.writeString(
        file,
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
            .formatted(kind, LINES.encodeToString(content)));
  }
}
