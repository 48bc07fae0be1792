package io.mangonel.workbench.scale;

import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import io.mangonel.workbench.contest.Resources;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Which store, opened empty. */
enum Store {
  MEMORY,
  ROCKSDB,
  ETCD;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static boolean hasEtcd() {
    return LocalEtcd.executable().isPresent();
  }

  /**
   * Opens a new one; {@code owner} closes it.
   *
   * @return makes a further connection of the same store, for one scheduler each
   */
  Supplier<StateBackend> open(Resources owner, int number, Consumer<Throwable> onFatal) {
    Path directory = owner.directory().resolve(word() + "-" + number);
    return switch (this) {
      case MEMORY -> {
        StateBackend backend = owner.add(MemoryStateBackend.open());
        yield () -> backend;
      }
      case ROCKSDB -> {
        StateBackend backend =
            owner.add(
                RocksDbStateBackend.open(
                    directory, line -> onFatal.accept(new IllegalStateException(line))));
        yield () -> backend;
      }
      case ETCD -> {
        Path executable =
            LocalEtcd.executable()
                .orElseThrow(() -> CommandFailure.failed("there is no etcd on the PATH"));
        LocalEtcd etcd = owner.add(LocalEtcd.start(executable, directory));
        var access =
            new EtcdAccess(EtcdAccess.endpoints(etcd.endpoint()), EtcdAccess.Settings.STANDARD);
        yield () -> owner.add(EtcdStateBackend.open(access));
      }
    };
  }
}
