package io.mangonel.core;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * Writes the canonical binary form of records: equal values give equal bytes. Every top-level
 * record starts with its format version.
 *
 * <p>Integers are zig-zag varints; a string is its length in UTF-16 units and then each unit as a
 * varint, so every Java string survives; a list is its size and then its elements.
 */
public final class RecordWriter {
  private byte[] buffer = new byte[256];
  private int length;

  public RecordWriter number(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      octet((byte) (rest | 0x80));
      rest >>>= 7;
    }
    octet((byte) rest);
    return this;
  }

  public RecordWriter flag(boolean value) {
    octet((byte) (value ? 1 : 0));
    return this;
  }

  public RecordWriter text(String value) {
    number(value.length());
    for (int i = 0; i < value.length(); i++) {
      int rest = value.charAt(i);
      while (rest >= 0x80) {
        octet((byte) (rest | 0x80));
        rest >>>= 7;
      }
      octet((byte) rest);
    }
    return this;
  }

  public RecordWriter bytes(Bytes value) {
    number(value.length());
    byte[] source = value.toByteArray();
    reserve(source.length);
    System.arraycopy(source, 0, buffer, length, source.length);
    length += source.length;
    return this;
  }

  /** Size, then each element as {@code write} writes it; sort a set first. */
  public <T> RecordWriter list(Collection<T> values, BiConsumer<RecordWriter, T> write) {
    number(values.size());
    for (T value : values) {
      write.accept(this, value);
    }
    return this;
  }

  public int length() {
    return length;
  }

  public Bytes toBytes() {
    return Bytes.of(Arrays.copyOf(buffer, length));
  }

  private void octet(byte value) {
    reserve(1);
    buffer[length++] = value;
  }

  private void reserve(int count) {
    if (length + count > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + count));
    }
  }
}
