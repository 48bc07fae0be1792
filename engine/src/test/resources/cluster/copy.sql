-- One file.
COPY 'in/*.parquet' TO 'out/one.parquet';
SELECT count(*), sum(id) FROM 'out/one.parquet';
COPY (SELECT id, 'a|"' || id AS s, NULL::INT AS n FROM 'in/*.parquet' ORDER BY id) TO 'out/quoted.csv' (DELIMITER '|', HEADER false, NULLSTR 'none');
SELECT md5(content), length(content) FROM read_text('out/quoted.csv');
COPY (SELECT id, -id AS m FROM 'in/*.parquet' ORDER BY id DESC) TO 'out/packed.csv.gz';
SELECT count(*), sum(m), max(id) FROM read_csv('out/packed.csv.gz', compression = 'gzip');
COPY (SELECT id, [id, NULL] AS l, {'a': id} AS o FROM 'in/*.parquet' WHERE id < 50 ORDER BY id) TO 'out/array.json' (ARRAY true);
SELECT md5(content) FROM read_text('out/array.json');
COPY (SELECT id, date '2020-01-31' AS d FROM 'in/*.parquet' WHERE id < 50 ORDER BY id) TO 'out/lines.json' WITH (FORMAT json, DATEFORMAT '%d.%m.%Y');
SELECT md5(content) FROM read_text('out/lines.json');
COPY (SELECT 1 AS a, 2 AS a, 3 AS "b c") TO 'out/names.csv';
SELECT content FROM read_text('out/names.csv');
COPY (FROM 'in/*.parquet') TO 'out/z.parquet' (COMPRESSION zstd, ROW_GROUP_SIZE 2048, KV_METADATA {made: 'here'});
SELECT DISTINCT compression FROM parquet_metadata('out/z.parquet');
SELECT count(DISTINCT id) FROM 'out/z.parquet';
-- As DuckDB writes them.
COPY (SELECT 170141183460469231731687303715884105727::HUGEINT AS h, 'x'::ENUM('x', 'y') AS e, TIMESTAMP_S '2020-01-01 00:00:00' AS t, 1.50::DECIMAL(9, 2) AS d) TO 'out/types.parquet';
SELECT * FROM (DESCRIBE FROM 'out/types.parquet');
SELECT h, e, t::VARCHAR, d FROM 'out/types.parquet';
-- No rows.
COPY (SELECT id, 'x' AS s FROM 'in/*.parquet' WHERE id < 0) TO 'out/empty.parquet';
SELECT column_name, column_type FROM (DESCRIBE FROM 'out/empty.parquet');
SELECT count(*) FROM 'out/empty.parquet';
-- Names.
CREATE VIEW v AS SELECT id, id % 5 AS g FROM 'in/*.parquet';
COPY v TO 'out/v.parquet';
SELECT sum(id), sum(g) FROM 'out/v.parquet';
COPY v (g) TO 'out/g.parquet';
SELECT sum(COLUMNS(*)) FROM 'out/g.parquet';
COPY (SELECT 7 AS id) TO 'out/v.parquet';
FROM 'out/v.parquet';
COPY (SELECT id + 1 AS id FROM 'out/v.parquet') TO 'out/v.parquet';
FROM 'out/v.parquet';
-- Directories.
COPY v TO 'out/dir' (FORMAT parquet, PER_THREAD_OUTPUT);
SELECT count(*), sum(id) FROM 'out/dir/*.parquet';
COPY v TO 'out/by' (FORMAT parquet, PARTITION_BY (g));
SELECT g, count(*), sum(id) FROM read_parquet('out/by/*/*.parquet', hive_partitioning = true) GROUP BY g ORDER BY g;
COPY v TO 'out/by' (FORMAT parquet, PARTITION_BY (g));
COPY v TO 'out/by' (FORMAT parquet, PARTITION_BY g, APPEND);
SELECT g, count(*), sum(id) FROM read_parquet('out/by/*/*.parquet', hive_partitioning = true) GROUP BY g ORDER BY g;
COPY (SELECT id, g AS part FROM v) TO 'out/by' (FORMAT parquet, PARTITION_BY (part), OVERWRITE true, WRITE_PARTITION_COLUMNS true);
SELECT part, count(*), sum(id) FROM read_parquet('out/by/*/*.parquet') GROUP BY part ORDER BY part;
SELECT DISTINCT regexp_extract(file, '(g|part)=') FROM glob('out/by/**') ORDER BY 1;
COPY (FROM v ORDER BY id) TO 'out/csv' (FORMAT csv, COMPRESSION gzip, PER_THREAD_OUTPUT true, FILE_EXTENSION 'csv.gz');
SELECT count(*), sum(id) FROM read_csv('out/csv/*.csv.gz');
-- What is wrong.
COPY v TO 'out/x.parquet' (FOO 1);
COPY v TO 'out/x.parquet' (COMPRESSION 'none of them');
COPY v TO 'out/x.parquet' (ROW_GROUP_SIZE 'many');
COPY v TO 'out/x.parquet' (FORMAT xml);
COPY v TO 'out/x.parquet' (HEADER, HEADER);
COPY v TO 'out/x' (FORMAT parquet, PARTITION_BY (nothing));
COPY v TO 'out/x' (FORMAT parquet, PARTITION_BY (g, id));
COPY v TO 'nowhere/x.parquet';
COPY nothing TO 'out/x.parquet';
COPY (SELECT nothing) TO 'out/x.parquet';
COPY (SELECT 1) 'out/x.parquet';
COPY v TO 'out';
COPY (SELECT (id || 'x')::INT FROM v) TO 'out/x.parquet';
SELECT count(*) FROM glob('out/x*');
