package io.mangonel.cli.options;

import io.mangonel.state.etcd.EtcdAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How etcd lets a scheduler in, where it is the state. */
public final class EtcdOptions {
  @Option(
      names = "--etcd-prefix",
      paramLabel = "TEXT",
      defaultValue = EtcdAccess.Settings.STANDARD_PREFIX,
      description =
          "What every key in etcd begins with: schedulers with the same one are one cluster."
              + " Default: ${DEFAULT-VALUE}.")
  private String prefix = EtcdAccess.Settings.STANDARD_PREFIX;

  @Option(names = "--etcd-user", paramLabel = "NAME", description = "User of etcd.")
  private @Nullable String user;

  @Option(
      names = "--etcd-password-file",
      paramLabel = "FILE",
      description = "File whose first line is the password of --etcd-user.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--etcd-ca",
      paramLabel = "FILE",
      description = "Who signed etcd's certificate (PEM). Default: whom the Java runtime trusts.")
  private @Nullable Path authority;

  @Option(
      names = "--etcd-cert",
      paramLabel = "FILE",
      description = "Certificate that this process shows to etcd (PEM), with --etcd-key.")
  private @Nullable Path certificate;

  @Option(
      names = "--etcd-key",
      paramLabel = "FILE",
      description = "Key of --etcd-cert (PEM, PKCS 8).")
  private @Nullable Path key;

  /** Read and checked; the password file is read now. */
  public EtcdAccess.Settings settings() {
    if ((certificate == null) != (key == null)) {
      throw CommandFailure.usage("--etcd-cert and --etcd-key are given together or not at all");
    }
    return new EtcdAccess.Settings(
        prefix, login(), new EtcdAccess.Tls(authority, certificate, key));
  }

  private EtcdAccess.@Nullable Login login() {
    if ((user == null) != (passwordFile == null)) {
      throw CommandFailure.usage(
          "--etcd-user and --etcd-password-file are given together or not at all");
    }
    if (user == null || passwordFile == null) {
      return null;
    }
    try {
      String password = Files.readString(passwordFile).lines().findFirst().orElse("").strip();
      if (password.isEmpty()) {
        throw CommandFailure.usage(
            "--etcd-password-file " + passwordFile + " has no password in its first line");
      }
      return new EtcdAccess.Login(user, password);
    } catch (IOException e) {
      throw CommandFailure.usage("--etcd-password-file " + passwordFile + " cannot be read");
    }
  }
}
