package io.mangonel.state.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.mangonel.core.Bytes;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Change;
import io.mangonel.state.WatchQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of etcd. Whenever its stream breaks, or etcd has compacted what it has not told yet,
 * the listener hears {@code Lost} and the watch begins again at the present.
 */
final class EtcdWatch implements StateBackend.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);

  private final Range range;
  private final EtcdConnection connection;
  private final WatchQueue queue;
  private Watch.@Nullable Watcher watcher;
  private boolean restarting;
  private boolean closed;

  /** What is watched. */
  record Range(Keyspace keyspace, String prefix, EtcdKeys keys) {
    ByteSequence from() {
      return keys.from(keyspace, prefix, "");
    }

    ByteSequence end() {
      return keys.end(keyspace, prefix);
    }
  }

  EtcdWatch(
      Range range,
      EtcdConnection connection,
      Consumer<Change> listener,
      Consumer<EtcdWatch> onClose) {
    this.range = range;
    this.connection = connection;
    this.queue = new WatchQueue(range.keyspace, range.prefix, listener, _ -> onClose.accept(this));
  }

  /** Hears every change after {@code revision}. Not under the lock: jetcd has its own. */
  void begin(long revision) {
    WatchOption option =
        WatchOption.builder()
            .withRange(range.end())
            .withRevision(revision + 1)
            .withRequireLeader(true)
            .build();
    synchronized (this) {
      if (closed) {
        return;
      }
      restarting = false;
    }
    Watch.Watcher begun =
        connection
            .client()
            .getWatchClient()
            .watch(range.from(), option, Watch.listener(this::heard, this::failed, this::ended));
    boolean late;
    synchronized (this) {
      late = closed;
      watcher = begun;
    }
    if (late) {
      begun.close();
    }
  }

  private void heard(WatchResponse response) {
    for (WatchEvent event : response.getEvents()) {
      KeyValue row = event.getKeyValue();
      String key = range.keys.keyOf(range.keyspace, row.getKey());
      switch (event.getEventType()) {
        case PUT ->
            queue.offer(
                new Change.Put(
                    new StateBackend.Entry(
                        key,
                        Bytes.of(row.getValue().getBytes()),
                        row.getCreateRevision(),
                        row.getModRevision())));
        case DELETE -> queue.offer(new Change.Deleted(key));
        case UNRECOGNIZED -> queue.offer(new Change.Lost());
      }
    }
  }

  /** jetcd goes on where it was, not always exactly; after what it gives up, it says it ended. */
  private void failed(Throwable failure) {
    LOG.debug("the watch of {} {} broke: {}", range.keyspace, range.prefix, failure.toString());
    queue.offer(new Change.Lost());
  }

  private void ended() {
    synchronized (this) {
      if (closed || restarting) {
        return;
      }
      restarting = true;
    }
    queue.offer(new Change.Lost());
    restartLater();
  }

  private void restartLater() {
    CompletableFuture.delayedExecutor(EtcdLimits.WATCH_PAUSE_MS, TimeUnit.MILLISECONDS)
        .execute(this::restart);
  }

  private void restart() {
    Watch.Watcher old;
    synchronized (this) {
      if (closed) {
        return;
      }
      old = watcher;
      watcher = null;
    }
    if (old != null) {
      old.close();
    }
    GetOption counted = GetOption.builder().withCountOnly(true).build();
    var _ =
        connection
            .client()
            .getKVClient()
            .get(range.from(), counted)
            .whenComplete(
                (present, failure) -> {
                  if (failure != null) {
                    restartLater();
                  } else {
                    begin(present.getHeader().getRevision());
                    queue.offer(new Change.Lost()); // What changed before the present.
                  }
                });
  }

  @Override
  public void close() {
    Watch.Watcher open;
    synchronized (this) {
      closed = true;
      open = watcher;
    }
    if (open != null) {
      open.close();
    }
    queue.close();
  }
}
