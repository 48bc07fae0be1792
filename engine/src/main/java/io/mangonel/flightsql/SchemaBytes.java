package io.mangonel.flightsql;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Base64;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Schemas as bytes: Arrow IPC messages. */
final class SchemaBytes {
  private SchemaBytes() {}

  static byte[] encode(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write a schema to memory", e);
    }
    return bytes.toByteArray();
  }

  /** In base 64. */
  static String text(Schema schema) {
    return Base64.getEncoder().encodeToString(encode(schema));
  }

  /** Of {@link #text}; refuses anything else as the client's error. */
  static Schema ofText(String text) {
    try {
      return decode(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("this handle was not made by Mangonel")
          .withCause(e)
          .toRuntimeException();
    }
  }

  /** Refuses what is no schema as the client's error. */
  static Schema decode(byte[] bytes) {
    try {
      return MessageSerializer.deserializeSchema(
          new ReadChannel(Channels.newChannel(new ByteArrayInputStream(bytes))));
    } catch (IOException e) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("this handle was not made by Mangonel")
          .withCause(e)
          .toRuntimeException();
    }
  }
}
