package io.mangonel.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Reads what {@link RecordWriter} wrote. */
public final class RecordReader {
  private final byte[] buffer;
  private int position;
  private int version;

  public RecordReader(Bytes bytes) {
    this.buffer = bytes.toByteArray();
  }

  /**
   * Reads a record's format version.
   *
   * @throws UnreadableRecordException when it is newer than {@code known}
   */
  public int version(String record, int known) {
    version = Math.toIntExact(number());
    if (version < 1 || version > known) {
      throw new UnreadableRecordException(
          record + " has format version " + version + "; this build reads 1 to " + known);
    }
    return version;
  }

  /** The version of the record that is being read, for what it consists of; 0 before it is read. */
  public int version() {
    return version;
  }

  public long number() {
    long rest = varint();
    return (rest >>> 1) ^ -(rest & 1);
  }

  public int integer() {
    return Math.toIntExact(number());
  }

  public boolean flag() {
    return octet() != 0;
  }

  public String text() {
    int size = size();
    var text = new StringBuilder(size);
    for (int i = 0; i < size; i++) {
      text.append((char) varint());
    }
    return text.toString();
  }

  public Bytes bytes() {
    int size = size();
    var bytes = Bytes.of(Arrays.copyOfRange(buffer, position, position + size));
    position += size;
    return bytes;
  }

  public <T> List<T> list(Function<RecordReader, T> read) {
    int size = size();
    var list = new ArrayList<T>(size);
    for (int i = 0; i < size; i++) {
      list.add(read.apply(this));
    }
    return list;
  }

  /** Throws unless everything was read. */
  public void end() {
    if (position != buffer.length) {
      throw new UnreadableRecordException(buffer.length - position + " bytes too many");
    }
  }

  /** A size never exceeds what is left: each element takes at least a byte. */
  private int size() {
    long size = number();
    if (size < 0 || size > buffer.length - position) {
      throw new UnreadableRecordException("size " + size + " at " + position);
    }
    return (int) size;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = octet();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new UnreadableRecordException("number too long at " + position);
  }

  private byte octet() {
    if (position >= buffer.length) {
      throw new UnreadableRecordException("ends at " + position);
    }
    return buffer[position++];
  }
}
