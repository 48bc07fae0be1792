package io.mangonel.planner.stage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Plans as bytes: JSON whose first field is the format version. Plans are stored with their job and
 * sent to executors, so bytes of every older version stay readable.
 */
public final class StagePlanCodec {
  /**
   * The version this code writes; it reads this one and all before it. 2 has files as inputs, 3
   * cuts scans by keys, 4 has the catalogue of a stage, 5 says whether a plan is small, 6 writes
   * files.
   */
  public static final int FORMAT = 6;

  private static final int FORMAT_WITH_CATALOG = 4;

  private static final String FORMAT_FIELD = "format";

  private static final byte[] HEAD =
      ("{\"" + FORMAT_FIELD + "\":" + FORMAT + ",").getBytes(StandardCharsets.UTF_8);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .addMixIn(QueryPlan.class, Versioned.class)
          .addMixIn(StagePlan.class, Versioned.class)
          .addMixIn(StageInput.class, InputKinds.class)
          .addMixIn(StageOutput.class, OutputKinds.class)
          .addMixIn(StageOutput.Partitioning.class, PartitioningKinds.class)
          .build();

  private StagePlanCodec() {}

  public static byte[] encode(QueryPlan plan) {
    return write(plan);
  }

  public static byte[] encode(StagePlan plan) {
    return write(plan);
  }

  /**
   * @throws IllegalArgumentException when the bytes are of a newer format, or no plan at all
   */
  public static QueryPlan decodeQuery(byte[] bytes) {
    return read(bytes, QueryPlan.class);
  }

  /**
   * @throws IllegalArgumentException when the bytes are of a newer format, or no plan at all
   */
  public static StagePlan decodeStage(byte[] bytes) {
    return read(bytes, StagePlan.class);
  }

  private static void addCatalog(JsonNode plan) {
    if (plan instanceof ObjectNode stage && stage.has("prelude")) {
      stage.putArray("catalog");
    }
  }

  /** A JSON object whose first field is the format. */
  private static byte[] write(Object plan) {
    try {
      byte[] fields = MAPPER.writeValueAsBytes(plan);
      var out = new ByteArrayOutputStream(HEAD.length + fields.length);
      out.writeBytes(HEAD);
      out.write(fields, 1, fields.length - 1);
      return out.toByteArray();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T read(byte[] bytes, Class<T> type) {
    return isOfThisFormat(bytes) ? readFields(bytes, type) : readOlder(bytes, type);
  }

  private static boolean isOfThisFormat(byte[] bytes) {
    return bytes.length > HEAD.length && Arrays.equals(bytes, 0, HEAD.length, HEAD, 0, HEAD.length);
  }

  /** Without a tree in between: a small statement waits for it. */
  private static <T> T readFields(byte[] bytes, Class<T> type) {
    try {
      return MAPPER.readValue(bytes, type);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a plan: " + e.getMessage(), e);
    }
  }

  private static <T> T readOlder(byte[] bytes, Class<T> type) {
    try {
      if (!(MAPPER.readTree(bytes) instanceof ObjectNode node)) {
        throw new IllegalArgumentException("not a plan: no JSON object");
      }
      JsonNode format = node.remove(FORMAT_FIELD);
      if (format == null || !format.isInt()) {
        throw new IllegalArgumentException("not a plan: no format version");
      }
      if (format.intValue() > FORMAT) {
        throw new IllegalArgumentException(
            "plan format " + format.intValue() + " is newer than " + FORMAT + ", the newest known");
      }
      if (format.intValue() < FORMAT_WITH_CATALOG) {
        node.path("stages").forEach(StagePlanCodec::addCatalog);
        addCatalog(node);
      }
      return MAPPER.treeToValue(node, type);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a plan: " + e.getMessage(), e);
    }
  }

  @JsonIgnoreProperties(FORMAT_FIELD)
  private interface Versioned {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = StageInput.Scan.class, name = "scan"),
    @JsonSubTypes.Type(value = StageInput.Exchange.class, name = "exchange"),
    @JsonSubTypes.Type(value = StageInput.Files.class, name = "files")
  })
  private interface InputKinds {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = StageOutput.Shuffle.class, name = "shuffle"),
    @JsonSubTypes.Type(value = StageOutput.Result.class, name = "result"),
    @JsonSubTypes.Type(value = StageOutput.Write.class, name = "write"),
    @JsonSubTypes.Type(value = StageOutput.Publish.class, name = "publish")
  })
  private interface OutputKinds {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = StageOutput.Partitioning.None.class, name = "none"),
    @JsonSubTypes.Type(value = StageOutput.Partitioning.ByExpression.class, name = "expression")
  })
  private interface PartitioningKinds {}
}
