package io.mangonel.workbench.simulation;

import io.mangonel.core.record.TerminalRecord;

/** What a client that asks for a job is told. */
sealed interface SimulatedStatus {
  record Ended(TerminalRecord record) implements SimulatedStatus {}

  record Open() implements SimulatedStatus {}

  record Unknown() implements SimulatedStatus {}

  record NoAnswer() implements SimulatedStatus {}
}
