package io.mangonel.state.etcd;

import io.etcd.jetcd.ByteSequence;
import io.mangonel.state.Keyspace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Addresses as keys: {@code <prefix><keyspace>/<key>} in UTF-8, which sorts as the keys do. */
final class EtcdKeys {
  private final String prefix;

  EtcdKeys(String prefix) {
    this.prefix = prefix;
  }

  ByteSequence key(Keyspace keyspace, String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an empty key in " + keyspace);
    }
    return bytes(start(keyspace) + key);
  }

  /** The first key with this prefix that comes after {@code after}. */
  ByteSequence from(Keyspace keyspace, String keyPrefix, String after) {
    ByteSequence first = bytes(start(keyspace) + keyPrefix);
    if (after.isEmpty()) {
      return first;
    }
    ByteSequence next = bytes(start(keyspace) + after + "\0");
    return Arrays.compareUnsigned(first.getBytes(), next.getBytes()) > 0 ? first : next;
  }

  /** The first key after all with this prefix. */
  ByteSequence end(Keyspace keyspace, String keyPrefix) {
    byte[] end = (start(keyspace) + keyPrefix).getBytes(StandardCharsets.UTF_8);
    end[end.length - 1]++; // UTF-8 has no byte 0xFF.
    return ByteSequence.from(end);
  }

  String keyOf(Keyspace keyspace, ByteSequence key) {
    return key.toString(StandardCharsets.UTF_8).substring(start(keyspace).length());
  }

  private String start(Keyspace keyspace) {
    return prefix + keyspace.path() + "/";
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
