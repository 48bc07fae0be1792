package io.mangonel.state.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.state.StateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class EtcdStartTest {
  private static final long WAIT_MS = 1_500;

  @Test
  void anEtcdThatNeverAnswersIsNotAwaitedForEver() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var endpoints = EtcdAccess.endpoints("http://127.0.0.1:" + silent.getLocalPort());
      var access = new EtcdAccess(endpoints, EtcdAccess.Settings.STANDARD);
      Assertions.assertTimeout(
          Duration.ofMillis(WAIT_MS + EtcdLimits.ANSWER_MS),
          () ->
              assertThatThrownBy(() -> EtcdStateBackend.open(access, WAIT_MS))
                  .isInstanceOf(StateException.class)
                  .hasMessageContaining("does not answer")
                  .hasMessageContaining(access.toString()));
    }
  }
}
