-- ordered
SELECT * FROM emp ORDER BY id, name;
-- ordered
SELECT id, salary FROM emp ORDER BY salary DESC NULLS FIRST, id;
-- ordered
SELECT name FROM emp ORDER BY salary NULLS LAST, id DESC;
-- ordered
SELECT id + 1 AS x FROM emp ORDER BY -id;
-- ordered
SELECT id, name FROM emp ORDER BY 2, 1 LIMIT 3;
-- ordered
SELECT id FROM emp ORDER BY id LIMIT 3 OFFSET 2;
-- ordered
SELECT id FROM emp ORDER BY id OFFSET 5;
-- ordered
SELECT id, name FROM emp ORDER BY ALL;
SELECT count(*) FROM (SELECT * FROM emp LIMIT 3);
SELECT count(*) FROM (SELECT * FROM emp LIMIT 50%);
SELECT * FROM emp LIMIT 0;
-- whole: limit with expression
SELECT count(*) FROM (SELECT * FROM emp LIMIT (SELECT 3));
-- ordered
SELECT dept, sum(salary) AS total FROM emp GROUP BY dept ORDER BY total DESC, dept;
-- ordered
SELECT dept FROM emp GROUP BY dept ORDER BY count(*) DESC, dept LIMIT 2;
-- whole: type VARCHAR with collation
SELECT name FROM emp ORDER BY name COLLATE NOCASE, id;
-- ordered
SELECT DISTINCT dept FROM emp ORDER BY dept DESC;
-- ordered
SELECT * FROM (SELECT id, name FROM emp ORDER BY id LIMIT 4) ORDER BY name DESC, id;
-- ordered
SELECT * FROM (SELECT id, name FROM emp ORDER BY id DESC LIMIT 4) WHERE name <> 'eve' ORDER BY 1;
-- ordered
SELECT id, 5 AS five FROM emp ORDER BY five, id DESC LIMIT 2;
-- ordered
SELECT upper(name) FROM emp WHERE dept = 10 ORDER BY length(name), id;
-- ordered
SELECT b AS a, a AS b FROM (SELECT id AS a, -id AS b FROM emp WHERE id < 7 LIMIT 100) ORDER BY a;
-- ordered
SELECT a FROM (SELECT id AS a, -id AS b FROM emp WHERE id < 7 LIMIT 100) ORDER BY b;
-- ordered
SELECT id FROM (SELECT id, rank() OVER (ORDER BY salary) AS r FROM emp) ORDER BY -r, id;
-- ordered
SELECT id, r + 1 FROM (SELECT id, rank() OVER (ORDER BY salary) AS r FROM emp) ORDER BY r DESC, id;
