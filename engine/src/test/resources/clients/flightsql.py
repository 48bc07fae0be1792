"""A Python client of Mangonel: adbc_driver_flightsql with pyarrow and pandas. Prints "all right" at its end."""

import datetime
import decimal
import sys

import adbc_driver_flightsql.dbapi as flightsql
import pyarrow

COOKIES = {"adbc.flight.sql.rpc.with_cookie_middleware": "true"}


def one(cursor, sql, parameters=None):
    cursor.execute(sql, parameters)
    return cursor.fetchone()


def main(uri):
    with flightsql.connect(uri, db_kwargs=COOKIES, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT i, 'n' || i AS name FROM range(1000000) t(i)")
        table = cursor.fetch_arrow_table()
        assert table.num_rows == 1_000_000, table.num_rows
        assert table.column("i").type == pyarrow.int64()

        cursor.execute("SELECT i AS number, i / 2 AS half FROM range(4) t(i) ORDER BY i")
        frame = cursor.fetch_df()
        assert frame["half"].tolist() == [0.0, 0.5, 1.0, 1.5], frame

        values = [
            True, -(2**63), 1e-300, "it's \"quoted\" ✓", b"\x00\xff", None,
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 12, 34, 56, 789000),
            datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=datetime.timezone.utc),
            decimal.Decimal("12345.678"),
        ]
        for value in values:
            row = one(cursor, "SELECT ? AS v", (value,))
            assert row[0] == value, (value, row)
        assert one(cursor, "SELECT count(*) FROM range(100) t(i) WHERE i < ? AND i >= ?", (50, 10))[0] == 40

        cursor.execute("CREATE OR REPLACE VIEW by_python AS SELECT 42 AS answer")
        assert one(cursor, "FROM by_python") == (42,)
        assert connection.adbc_get_table_schema("by_python").names == ["answer"]
        objects = connection.adbc_get_objects(depth="tables").read_all().to_pylist()
        assert "by_python" in str(objects), objects
        assert connection.adbc_get_info()["vendor_name"] == "Mangonel"

        cursor.execute("SET TimeZone = 'Asia/Tokyo'")
        assert one(cursor, "SELECT current_setting('TimeZone')") == ("Asia/Tokyo",)

        try:
            cursor.execute("SELECT nonsense")
            raise AssertionError("no error")
        except flightsql.Error as error:
            assert "nonsense" in str(error), error

    with flightsql.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SET TimeZone = 'Asia/Tokyo'")
            raise AssertionError("no error")
        except flightsql.Error as error:
            assert "cookies" in str(error), error
    print("all right")


main(sys.argv[1])
