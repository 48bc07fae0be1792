WITH x AS (SELECT dept, count(*) AS n FROM emp GROUP BY dept) SELECT * FROM x WHERE n > 1;
WITH x AS (SELECT dept, count(*) AS n FROM emp GROUP BY dept) SELECT a.dept, b.n FROM x a JOIN x b ON a.n = b.n;
WITH x AS MATERIALIZED (SELECT id, name, salary FROM emp) SELECT a.id FROM x a JOIN x b ON a.id = b.id WHERE b.salary > 900;
WITH x AS MATERIALIZED (SELECT * FROM emp), y AS MATERIALIZED (SELECT id, dept FROM x WHERE salary > 900) SELECT y.id, x.name FROM y JOIN x USING (id);
WITH x AS MATERIALIZED (SELECT 1 AS one, id FROM emp) SELECT count(*) FROM x;
WITH x AS NOT MATERIALIZED (SELECT id FROM emp) SELECT * FROM x UNION ALL SELECT * FROM x;
-- whole: operator LOGICAL_RECURSIVE_CTE
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r;
-- whole: operator LOGICAL_RECURSIVE_CTE
WITH RECURSIVE r(id, path) AS (SELECT id, name FROM emp WHERE boss IS NULL UNION ALL SELECT e.id, r.path || '/' || e.name FROM emp e JOIN r ON e.boss = r.id) SELECT * FROM r;
WITH a(x) AS (SELECT id FROM emp), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM b WHERE y IN (SELECT x FROM a);
WITH x AS MATERIALIZED (SELECT id FROM emp ORDER BY id LIMIT 3) SELECT x.id, (SELECT max(id) FROM x) FROM x;
WITH x AS MATERIALIZED (SELECT dept, sum(salary) AS s FROM emp GROUP BY dept) SELECT dept FROM x WHERE s = (SELECT max(s) FROM x);
SELECT * FROM (WITH x AS MATERIALIZED (SELECT id FROM emp) SELECT a.id FROM x a, x b) WHERE id = 1;
