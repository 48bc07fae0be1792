package io.mangonel.workbench.trouble;

import static org.junit.jupiter.api.Assumptions.abort;

import io.mangonel.workbench.etcd.EtcdMembers;
import java.nio.file.Path;
import java.util.Optional;

/** The etcd that a test cannot do without. */
final class RequiredEtcd {
  private RequiredEtcd() {}

  /** Without one the test is skipped, or fails where all is required. */
  static Path executable() {
    Optional<Path> found = EtcdMembers.executable();
    if (found.isEmpty()) {
      String message = "no etcd on the PATH (Debian: etcd-server)";
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
    }
    return found.orElseThrow();
  }
}
