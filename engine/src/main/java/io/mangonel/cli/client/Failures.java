package io.mangonel.cli.client;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.client.ClientException;

/** What a command says of a client's failure. */
final class Failures {
  private Failures() {}

  static CommandFailure of(ClientException e) {
    String message = String.valueOf(e.getMessage());
    return CommandFailure.failed(
        switch (e.kind()) {
          case UNREACHABLE ->
              message + ": start one with 'mangonel standalone', or name another with --url";
          case RETRYABLE, FAILED, ABANDONED -> message;
        });
  }
}
