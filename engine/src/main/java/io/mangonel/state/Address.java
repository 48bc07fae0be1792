package io.mangonel.state;

/** Where a value is. */
record Address(Keyspace keyspace, String key) {
  Address {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an empty key in " + keyspace);
    }
  }

  static Address of(StateBackend.Guard guard) {
    return new Address(guard.keyspace(), guard.key());
  }

  static Address of(StateBackend.Operation operation) {
    return new Address(operation.keyspace(), operation.key());
  }
}
