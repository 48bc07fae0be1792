package io.mangonel.wire;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;

/**
 * The version of a call's messages, sent as a header with each. A server refuses a newer one by
 * name and answers in the caller's; a call without it comes from a client of another protocol
 * (Flight).
 */
final class ProtocolVersion implements ClientInterceptor, ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("mangonel-protocol", Metadata.ASCII_STRING_MARSHALLER);

  private final int version;
  private final ClientInterceptor sender;

  /**
   * @param version {@link Limits#PROTOCOL_VERSION}; tests send others
   */
  ProtocolVersion(int version) {
    this.version = version;
    var header = new Metadata();
    header.put(HEADER, Integer.toString(version));
    this.sender = MetadataUtils.newAttachHeadersInterceptor(header);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return sender.interceptCall(method, options, next);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String sent = headers.get(HEADER);
    if (sent == null || (sent.matches("\\d{1,9}") && Integer.parseInt(sent) <= version)) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.FAILED_PRECONDITION.withDescription(
            "messages of version %s, this process reads up to %d".formatted(sent, version)),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
