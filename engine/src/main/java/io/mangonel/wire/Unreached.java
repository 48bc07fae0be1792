package io.mangonel.wire;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Whether a call on a channel has ended as unreachable, known before the caller learns of it. The
 * channel's own state is told after its calls have failed, so that a caller that asks again at once
 * would find it connecting and be given the old failure.
 */
final class Unreached implements ClientInterceptor {
  private volatile boolean seen;

  boolean seen() {
    return seen;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(noticing(listener), headers);
      }
    };
  }

  private <A> ClientCall.Listener<A> noticing(ClientCall.Listener<A> listener) {
    return new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
      @Override
      public void onClose(Status status, Metadata trailers) {
        if (status.getCode() == Status.Code.UNAVAILABLE) {
          seen = true;
        }
        super.onClose(status, trailers);
      }
    };
  }
}
