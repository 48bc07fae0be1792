CREATE TABLE facts AS SELECT (range * 7 % 1200)::INTEGER AS k, (range % 6)::INTEGER AS g,
  (range * 7 % 11)::INTEGER AS h, CASE WHEN range % 13 = 0 THEN NULL ELSE 'v' || range % 37 END AS v,
  (range / 3)::DECIMAL(12,2) AS n, (range * 0.37)::DOUBLE AS f,
  DATE '2020-01-01' + (range % 50)::INTEGER AS d FROM range(1200);
CREATE TABLE dims AS SELECT range::INTEGER AS id, 'name ' || range AS name FROM range(1, 9);
CREATE TABLE empties AS SELECT 1 AS a, 'x' AS b WHERE false;
