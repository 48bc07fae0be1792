package io.mangonel.flightsql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportsConvert;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedAnsi92SqlGrammarLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What the server can do, for every code there is. A limit of 0 means that there is none known. */
final class SqlInfoCommands {
  private static final long NONE_KNOWN = 0;
  private static final long NO_TRANSACTIONS = 0;

  private static final String[] KEYWORDS = {
    "ANTI",
    "ASOF",
    "ATTACH",
    "DESCRIBE",
    "EXCLUDE",
    "GLOB",
    "ILIKE",
    "MACRO",
    "MAP",
    "PIVOT",
    "PIVOT_LONGER",
    "PIVOT_WIDER",
    "POSITIONAL",
    "QUALIFY",
    "RENAME",
    "SAMPLE",
    "SEMI",
    "SHOW",
    "STRUCT",
    "SUMMARIZE",
    "TABLESAMPLE",
    "TRY_CAST",
    "UNPIVOT",
    "USE",
    "VARIABLE"
  };
  private static final String[] NUMERIC = {
    "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING", "COS", "COT", "DEGREES", "EXP", "FLOOR",
    "LOG", "LOG10", "MOD", "PI", "POWER", "RADIANS", "RAND", "ROUND", "SIGN", "SIN", "SQRT", "TAN"
  };
  private static final String[] STRING = {
    "ASCII", "CHAR_LENGTH", "CHR", "CONCAT", "LCASE", "LEFT", "LENGTH", "LOWER", "LTRIM",
    "POSITION", "REPEAT", "REPLACE", "RIGHT", "RTRIM", "SUBSTRING", "TRIM", "UCASE", "UPPER"
  };
  private static final String[] SYSTEM = {"COALESCE", "CURRENT_SCHEMA", "IFNULL", "NULLIF"};
  private static final String[] DATETIME = {
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "DATE_DIFF",
    "DATE_PART",
    "DATE_TRUNC",
    "DAYNAME",
    "DAYOFMONTH",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "EXTRACT",
    "HOUR",
    "MINUTE",
    "MONTH",
    "MONTHNAME",
    "NOW",
    "QUARTER",
    "SECOND",
    "WEEK",
    "YEAR"
  };

  private final SqlInfoBuilder builder = new SqlInfoBuilder();

  SqlInfoCommands() {
    server();
    language();
    statements();
    limits();
  }

  /** All there is when the client asks for nothing in particular. */
  void send(CommandGetSqlInfo command, ServerStreamListener listener) {
    builder.send(List.copyOf(command.getInfoList()), listener);
  }

  private void server() {
    builder
        .withFlightSqlServerName("Mangonel")
        .withFlightSqlServerVersion(version())
        .withFlightSqlServerArrowVersion(arrowVersion())
        .withFlightSqlServerReadOnly(false)
        .withFlightSqlServerSql(true)
        .withFlightSqlServerSubstrait(false)
        .withFlightSqlServerSubstraitMinVersion("")
        .withFlightSqlServerSubstraitMaxVersion("")
        .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
        .withFlightSqlServerCancel(true)
        .withFlightSqlServerBulkIngestion(false)
        .withFlightSqlServerBulkIngestionTransaction(false)
        .withFlightSqlServerStatementTimeout(0)
        .withFlightSqlServerTransactionTimeout(0)
        .withSqlDdlCatalog(false)
        .withSqlDdlSchema(true)
        .withSqlDdlTable(false);
  }

  private void language() {
    builder
        .withSqlIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
        .withSqlQuotedIdentifierCase(
            SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
        .withSqlIdentifierQuoteChar("\"")
        .withSqlSearchStringEscape("\\")
        .withSqlExtraNameCharacters("")
        .withSqlSchemaTerm("schema")
        .withSqlCatalogTerm("catalog")
        .withSqlProcedureTerm("macro")
        .withSqlCatalogAtStart(true)
        .withSqlKeywords(KEYWORDS)
        .withSqlNumericFunctions(NUMERIC)
        .withSqlStringFunctions(STRING)
        .withSqlSystemFunctions(SYSTEM)
        .withSqlDatetimeFunctions(DATETIME)
        .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_AT_END)
        .withSqlSupportsConvert(conversions())
        .withSqlSupportedGrammar(
            SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR,
            SupportedSqlGrammar.SQL_CORE_GRAMMAR,
            SupportedSqlGrammar.SQL_EXTENDED_GRAMMAR)
        .withSqlAnsi92SupportedLevel(SupportedAnsi92SqlGrammarLevel.ANSI92_ENTRY_SQL)
        .withSqlSupportedGroupBy(
            SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED,
            SqlSupportedGroupBy.SQL_GROUP_BY_BEYOND_SELECT)
        .withSqlSubQueriesSupported(
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_QUANTIFIEDS)
        .withSqlSupportedUnions(SqlSupportedUnions.SQL_UNION, SqlSupportedUnions.SQL_UNION_ALL)
        .withSqlOuterJoinSupportLevel(
            SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS,
            SqlOuterJoinsSupportLevel.SQL_LIMITED_OUTER_JOINS)
        .withSqlCorrelatedSubqueriesSupported(true)
        .withSqlSupportsColumnAliasing(true)
        .withSqlNullPlusNullIsNull(true)
        .withSqlSupportsTableCorrelationNames(true)
        .withSqlSupportsDifferentTableCorrelationNames(false)
        .withSqlSupportsExpressionsInOrderBy(true)
        .withSqlSupportsOrderByUnrelated(true)
        .withSqlSupportsLikeEscapeClause(true);
  }

  private void statements() {
    builder
        .withSqlSupportsNonNullableColumns(false)
        .withSqlSupportsIntegrityEnhancementFacility(false)
        .withSqlSelectForUpdateSupported(false)
        .withSqlStoredProceduresSupported(false)
        .withSqlTransactionsSupported(false)
        .withSqlDefaultTransactionIsolation(NO_TRANSACTIONS)
        .withSqlSupportedTransactionsIsolationLevels()
        .withSqlDataDefinitionCausesTransactionCommit(false)
        .withSqlDataDefinitionsInTransactionsIgnored(false)
        .withSqlSchemasSupportedActions()
        .withSqlCatalogsSupportedActions()
        .withSqlSupportedPositionedCommands()
        .withSqlSupportedResultSetTypes(SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY)
        .withSqlBatchUpdatesSupported(false)
        .withSqlSavepointsSupported(false)
        .withSqlNamedParametersSupported(true)
        .withSqlLocatorsUpdateCopy(false)
        .withSqlStoredFunctionsUsingCallSyntaxSupported(false)
        .withSqlAllTablesAreSelectable(true)
        .withSqlMaxRowSizeIncludesBlobs(true);
  }

  private void limits() {
    builder
        .withSqlMaxBinaryLiteralLength(NONE_KNOWN)
        .withSqlMaxCharLiteralLength(NONE_KNOWN)
        .withSqlMaxColumnNameLength(NONE_KNOWN)
        .withSqlMaxColumnsInGroupBy(NONE_KNOWN)
        .withSqlMaxColumnsInIndex(NONE_KNOWN)
        .withSqlMaxColumnsInOrderBy(NONE_KNOWN)
        .withSqlMaxColumnsInSelect(NONE_KNOWN)
        .withSqlMaxColumnsInTable(NONE_KNOWN)
        .withSqlMaxConnections(NONE_KNOWN)
        .withSqlMaxCursorNameLength(NONE_KNOWN)
        .withSqlMaxIndexLength(NONE_KNOWN)
        .withSqlDbSchemaNameLength(NONE_KNOWN)
        .withSqlMaxProcedureNameLength(NONE_KNOWN)
        .withSqlMaxCatalogNameLength(NONE_KNOWN)
        .withSqlMaxRowSize(NONE_KNOWN)
        .withSqlMaxStatementLength(NONE_KNOWN)
        .withSqlMaxStatements(NONE_KNOWN)
        .withSqlMaxTableNameLength(NONE_KNOWN)
        .withSqlMaxTablesInSelect(NONE_KNOWN)
        .withSqlMaxUsernameLength(NONE_KNOWN);
  }

  /** Everything becomes a text and comes from one; what else a cast can do, CAST will tell. */
  private static Map<Integer, List<Integer>> conversions() {
    int text = SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE;
    Map<Integer, List<Integer>> conversions = new HashMap<>();
    for (SqlSupportsConvert type : SqlSupportsConvert.values()) {
      if (type != SqlSupportsConvert.UNRECOGNIZED && type.getNumber() != text) {
        conversions.put(type.getNumber(), List.of(text));
      }
    }
    return conversions;
  }

  private static String version() {
    String version = SqlInfoCommands.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String arrowVersion() {
    String version = VectorSchemaRoot.class.getPackage().getImplementationVersion();
    return version == null ? "18.3.0" : version;
  }
}
