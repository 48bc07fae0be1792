package io.mangonel.flightsql;

import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;

/** What the server can do. */
final class SqlInfoCommands {
  private final SqlInfoBuilder builder =
      new SqlInfoBuilder()
          .withFlightSqlServerName("Mangonel")
          .withFlightSqlServerVersion(version())
          .withFlightSqlServerArrowVersion("18.3.0")
          .withFlightSqlServerReadOnly(true)
          .withFlightSqlServerSql(true)
          .withFlightSqlServerSubstrait(false)
          .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
          .withFlightSqlServerCancel(true)
          .withFlightSqlServerBulkIngestion(false)
          .withSqlIdentifierQuoteChar("\"")
          .withSqlSearchStringEscape("\\")
          .withSqlSchemaTerm("schema")
          .withSqlCatalogTerm("catalog")
          .withSqlDdlCatalog(false)
          .withSqlDdlSchema(false)
          .withSqlDdlTable(false);

  /** All that is known when the client asks for nothing in particular. */
  void send(CommandGetSqlInfo command, ServerStreamListener listener) {
    builder.send(List.copyOf(command.getInfoList()), listener);
  }

  private static String version() {
    String version = SqlInfoCommands.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
