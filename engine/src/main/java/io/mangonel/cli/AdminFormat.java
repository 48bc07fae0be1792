package io.mangonel.cli;

/** The formats of commands about the cluster. The constants are what a user types. */
enum AdminFormat {
  table,
  json
}
