-- whole: table function range
SELECT * FROM range(5);
-- whole: table function generate_series
SELECT * FROM generate_series(1, 10, 3) t(x) WHERE x > 2;
-- whole: table function range
SELECT e.id, r.range FROM emp e, range(3) r WHERE e.id = r.range;
-- whole: expression BOUND_COLUMN_REF
SELECT e.id, r.range FROM emp e, LATERAL range(e.id) r WHERE e.id < 3;
-- whole: operator LOGICAL_CHUNK_GET
SELECT * FROM (DESCRIBE emp);
-- whole: table function duckdb_tables
SELECT * FROM (SHOW TABLES);
-- whole: table function duckdb_tables
SELECT table_name FROM duckdb_tables() WHERE table_name = 'emp';
-- whole: table function duckdb_tables
SELECT table_name FROM information_schema.tables WHERE table_name = 'emp';
PIVOT emp ON active IN (true, false) USING sum(salary) GROUP BY dept;
UNPIVOT (SELECT id, dept, boss FROM emp) ON dept, boss INTO NAME what VALUE v;
SELECT * FROM (PIVOT emp ON dept IN (10, 20) USING count(*) GROUP BY active);
SELECT count(*) FROM emp USING SAMPLE reservoir(100 ROWS);
SELECT count(*) FROM emp TABLESAMPLE 100%;
SELECT count(*) <= 8 FROM emp USING SAMPLE 50%;
SELECT count(*) FROM (SELECT * FROM emp USING SAMPLE bernoulli(100%) REPEATABLE (42));
SELECT * FROM query('SELECT 42 AS x');
SELECT * FROM emp WHERE id = getvariable('nothing');
