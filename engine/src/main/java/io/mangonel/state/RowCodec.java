package io.mangonel.state;

import io.mangonel.core.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Rows, leases and addresses as bytes on disk. Every value starts with the version of its form.
 *
 * <pre>
 * address  keyspace code (1 byte), key (UTF-8): sorts as the key does
 * row      version, create revision, modify revision, lease id (8 bytes each), value
 * lease    version, ttl in ms (8 bytes), for each address: its length (4 bytes), address
 * </pre>
 */
final class RowCodec {
  private static final byte ROW_VERSION = 1;
  private static final byte LEASE_VERSION = 1;
  private static final int ROW_HEADER_BYTES = 1 + 3 * Long.BYTES;
  private static final Map<Integer, Keyspace> KEYSPACES = new LinkedHashMap<>();

  static {
    for (Keyspace keyspace : Keyspace.values()) {
      KEYSPACES.put(keyspace.code(), keyspace);
    }
  }

  private RowCodec() {}

  static byte[] address(Keyspace keyspace, String key) {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + text.length).put((byte) keyspace.code()).put(text).array();
  }

  static byte[] address(Address address) {
    return address(address.keyspace(), address.key());
  }

  static String key(byte[] address) {
    return new String(address, 1, address.length - 1, StandardCharsets.UTF_8);
  }

  static byte[] row(Row row) {
    byte[] value = row.value().toByteArray();
    return ByteBuffer.allocate(ROW_HEADER_BYTES + value.length)
        .put(ROW_VERSION)
        .putLong(row.createRevision())
        .putLong(row.modifyRevision())
        .putLong(row.leaseId())
        .put(value)
        .array();
  }

  static Row row(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    checkVersion("row", in.get(), ROW_VERSION);
    return new Row(
        Bytes.of(Arrays.copyOfRange(stored, ROW_HEADER_BYTES, stored.length)),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  static byte[] lease(LeaseRow lease) {
    byte[][] addresses =
        lease.addresses().stream()
            .map(RowCodec::address)
            .sorted(Arrays::compare)
            .toArray(byte[][]::new);
    int bytes = Arrays.stream(addresses).mapToInt(address -> Integer.BYTES + address.length).sum();
    ByteBuffer out =
        ByteBuffer.allocate(1 + Long.BYTES + bytes).put(LEASE_VERSION).putLong(lease.ttlMs());
    for (byte[] address : addresses) {
      out.putInt(address.length).put(address);
    }
    return out.array();
  }

  static LeaseRow lease(long id, byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    checkVersion("lease", in.get(), LEASE_VERSION);
    long ttlMs = in.getLong();
    Set<Address> addresses = new LinkedHashSet<>();
    while (in.hasRemaining()) {
      byte[] address = new byte[in.getInt()];
      in.get(address);
      addresses.add(new Address(keyspace(address[0]), key(address)));
    }
    return new LeaseRow(id, ttlMs, addresses);
  }

  private static Keyspace keyspace(int code) {
    Keyspace keyspace = KEYSPACES.get(code);
    if (keyspace == null) {
      throw new StateException("the store names keyspace " + code + ", which this version lacks");
    }
    return keyspace;
  }

  private static void checkVersion(String what, int found, int known) {
    if (found < 1 || found > known) {
      throw new StateException(
          "the store holds a " + what + " of version " + found + "; this version reads " + known);
    }
  }
}
