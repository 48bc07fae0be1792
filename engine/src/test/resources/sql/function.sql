SELECT upper(name), lower(name), length(name), reverse(name), left(name, 2), right(name, 1), substring(name, 2, 1), name[1] FROM emp;
SELECT trim('  x '), ltrim(name, 'a'), rtrim(name, 'e'), lpad(name, 5, '*'), rpad(name, 5, '-'), repeat(name, 2) FROM emp;
SELECT replace(name, 'e', 'E'), translate(name, 'abc', 'xyz'), position('e' IN name), strpos(name, 'n'), instr(name, 'v'), contains(name, 'ee') FROM emp;
SELECT concat(name, id, NULL, '!'), concat_ws('-', name, dept), name || id, printf('%d:%s', id, name), format('{}-{}', id, name) FROM emp;
SELECT regexp_matches(name, '^[ab]'), regexp_replace(name, '[aeiou]', '_', 'g'), regexp_extract(name, '(.)(.)', 2), regexp_full_match(name, 'e.e') FROM emp;
SELECT regexp_extract_all(name, '.'), string_split(name, 'e'), split_part(name, 'e', 1), starts_with(name, 'a'), suffix(name, 'b'), prefix(name, 'c') FROM emp;
SELECT md5(name), sha256(name), hash(id) = hash(id), base64(name::BLOB), hex(name), ascii(name), chr(65 + id), unicode(name) FROM emp;
SELECT abs(-id), sign(bonus), round(salary, 1), round(bonus), ceil(bonus), floor(bonus), trunc(bonus), sqrt(id), power(id, 2), id % 3, id // 2, id / 2 FROM emp WHERE id < 7;
SELECT ln(id), log10(id), log2(id), exp(id), sin(id), cos(id), atan2(id, 2), degrees(pi()), radians(180), cbrt(id), even(bonus), gcd(id, 4), lcm(id, 4), factorial(id) FROM emp WHERE id < 7;
SELECT greatest(id, dept, boss), least(id, dept), id & 3, id | 8, id << 2, id >> 1, xor(id, 5), ~id, bit_count(id) FROM emp;
SELECT id::VARCHAR, salary::INTEGER, bonus::DECIMAL(5,1), name::BLOB, hired::TIMESTAMP, id::BOOLEAN, '12'::INTEGER + id FROM emp WHERE id < 6;
SELECT try_cast(name AS INTEGER), TRY_CAST('5' AS INTEGER), CAST(salary AS DOUBLE), salary::DECIMAL(38,2), id::TINYINT, id::HUGEINT, salary::VARCHAR FROM emp;
SELECT year(hired), month(hired), day(hired), quarter(hired), dayofweek(hired), dayofyear(hired), week(hired), extract(year FROM hired), date_part('month', hired) FROM emp;
SELECT date_trunc('month', hired), date_trunc('hour', seen), date_diff('day', hired, DATE '2024-01-01'), date_sub('month', hired, DATE '2024-01-01'), hired + 1, hired - INTERVAL 1 MONTH, hired - DATE '2019-01-01' FROM emp;
SELECT strftime(hired, '%Y/%m/%d'), strftime(seen, '%H:%M'), monthname(hired), dayname(hired), last_day(hired), make_date(2020, id, 1), age(TIMESTAMP '2024-01-01', seen) FROM emp WHERE id < 7;
SELECT strptime('2020-01-0' || id, '%Y-%m-%d'), try_strptime(name, '%Y'), epoch(seen), epoch_ms(seen), to_timestamp(id), make_timestamp(2020, 1, id, 1, 2, 3.5) FROM emp WHERE id < 7;
SELECT d + iv, ts - iv, ts - TIMESTAMP '2000-01-01', iv * 2, -iv, d::VARCHAR, t::VARCHAR, tz::VARCHAR, ns::VARCHAR, iv::VARCHAR, ttz::VARCHAR FROM tim WHERE k < 4;
SELECT tz AT TIME ZONE 'America/New_York', ts AT TIME ZONE 'UTC', date_trunc('day', tz), extract(hour FROM tz), time_bucket(INTERVAL 1 DAY, ts), ts::DATE, ts::TIME FROM tim WHERE k < 4;
SELECT k FROM tim WHERE d = DATE 'infinity' OR ts < TIMESTAMP '1970-01-01' OR t = TIME '12:34:56.789';
SELECT k FROM tim WHERE tz >= TIMESTAMPTZ '2020-02-29 10:34:56.789+00' AND ns > TIMESTAMP_NS '2020-02-29 12:34:56.123456788';
SELECT k FROM tim WHERE s = TIMESTAMP_S '2020-02-29 12:34:56' OR ms = TIMESTAMP_MS '1969-12-31 23:59:59.5' OR iv > INTERVAL 1 MONTH OR ttz = TIMETZ '00:00:00-05:30';
SELECT date_part(['year', 'month'], hired) FROM emp;
SELECT a + b, a * b, c - 1, d / 3, d - 1, e + f, g - 1, x + 1, y * 2, p + q, p * q, q * 1.5, r + 0.1, p - 1, 2 * p, p % 2, p / 3, -p, abs(q), round(r, 2) FROM num WHERE k = 1;
SELECT p + 0.25, 0.05 * q, (p + 1) * (q - 2), p * p * p, q + q + q, r - p, r * 2, p::DECIMAL(10,4) * q, 1 - p, -1.5 * p, p + 1000000, p * 0.00, q * 100 FROM num WHERE k < 4;
SELECT k FROM num WHERE p = 1.5 OR q > 100.5 OR r = -0.0000000001 OR d = 170141183460469231731687303715884105727 OR g = 18446744073709551615;
SELECT k FROM num WHERE x = 1.5::FLOAT OR y < 0.2 OR isnan(x) OR isinf(y);
SELECT k, a::DOUBLE, p::INTEGER, q::DECIMAL(5,2)::VARCHAR FROM num WHERE k = 1;
-- fails
SELECT a + a FROM num;
-- fails
SELECT name::INTEGER FROM emp;
SELECT TRY(name::INTEGER), TRY(1 / (id - 1)) FROM emp;
SELECT error('stop') FROM void;
SELECT typeof(id), typeof(salary), typeof(salary * 2) FROM emp LIMIT 1;
SELECT if(active, 1, 2), id IN (1, 2, dept), CASE WHEN active THEN 1 END, active::INTEGER, NOT active, active AND id > 3, active OR id > 3 FROM emp;
SELECT uuid() IS NOT NULL, random() < 2, length(gen_random_uuid()::VARCHAR) FROM emp;
SELECT current_date IS NOT NULL, now() IS NOT NULL, current_setting('TimeZone') IS NOT NULL, version() IS NOT NULL;
SELECT bar(id, 0, 10, 5), levenshtein(name, 'eve'), jaccard(name, 'ann'), damerau_levenshtein('ab', name), hamming(name, 'bob') FROM emp WHERE id < 6;
SELECT to_base(id, 2), bin(id), formatReadableSize(id), nfc_normalize(name), strip_accents('é'), url_encode('a b'), encode(name), decode('a'::BLOB) FROM emp;
-- whole: type VARCHAR with collation
SELECT name COLLATE NOCASE = 'ANN' FROM emp;
-- whole: type VARCHAR with collation
SELECT name FROM emp WHERE name COLLATE NOCASE = 'EVE';
SELECT parse_path('/a/b'), isfinite(bonus), nextafter(bonus, 1), bonus ** 2, id ^ 2 FROM emp WHERE id < 5;
