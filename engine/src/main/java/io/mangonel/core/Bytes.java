package io.mangonel.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable byte string with value equality, so that records that carry payloads compare and
 * replay.
 */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies {@code value}. */
  public static Bytes of(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  public int length() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** In pieces of at most {@code size} bytes; none of no bytes. */
  public List<Bytes> chunks(int size) {
    var chunks = new ArrayList<Bytes>();
    for (int from = 0; from < value.length; from += size) {
      int to = Math.min(value.length, from + size);
      chunks.add(new Bytes(Arrays.copyOfRange(value, from, to)));
    }
    return chunks;
  }

  /** A copy. */
  public byte[] toByteArray() {
    return value.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return value.length + " bytes";
  }
}
