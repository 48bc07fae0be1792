SELECT l, l[1], l[-1], l[1:2], len(l), s.a, s.b, m['k'], m['none'], arr[1], ll[1][1] FROM nest;
SELECT list_contains(l, 3), list_position(l, 3), list_append(l, 9), list_prepend(0, l), list_concat(l, [7]), l || [8], list_has_any(l, [1]), list_has_all(l, [1, 2]) FROM nest;
SELECT list_sort(l), list_sort(l, 'DESC'), list_reverse_sort(l), list_sort(l, 'ASC', 'NULLS FIRST'), list_reverse(l), list_distinct(l), list_unique(l) FROM nest;
SELECT list_sum(l), list_avg(l), list_max(l), list_min(l), list_count(l), list_first(l), list_aggregate(l, 'sum'), list_aggregate(l, 'string_agg', '-') FROM nest;
-- whole: lambda in list_transform
SELECT list_transform(l, lambda x: x + 1), list_filter(l, lambda x: x > 1), list_reduce([1, 2, 3], lambda a, b: a + b) FROM nest;
-- whole: lambda in list_transform
SELECT list_transform(l, lambda x: x + k), [x * 2 FOR x IN l IF x > 1], list_transform(l, lambda x, i: x * i) FROM nest;
SELECT [k, 2, NULL], {'x': k, 'y': s.b}, MAP {'a': k}, [l, [k]], row(k, 'z'), array_value(k, 2), {'n': {'m': k}} FROM nest;
SELECT struct_extract(s, 'a'), struct_insert(s, c := k), struct_pack(p := k, q := l), s = {'a': 1, 'b': 'x'} FROM nest;
SELECT map_keys(m), map_values(m), cardinality(m), map_entries(m), element_at(m, 'k'), map([k], ['v']), map_from_entries([(k, 'v')]), map_contains(m, 'z') FROM nest;
SELECT unnest(l), k FROM nest;
SELECT unnest(l), unnest(ll), k FROM nest;
SELECT unnest(s), k FROM nest;
SELECT k, x FROM nest, unnest(l) AS t(x);
-- whole: expression BOUND_COLUMN_REF
SELECT k, x FROM nest LEFT JOIN unnest(l) AS t(x) ON true;
SELECT k, unnest(map_entries(m)) FROM nest;
SELECT k, unnest([1, 2]) AS u FROM nest WHERE k < 3;
SELECT sum(u) FROM (SELECT unnest(l) AS u FROM nest);
SELECT u, count(*) FROM (SELECT unnest(l) AS u FROM nest) GROUP BY u;
SELECT unnest([1, 2, 3]);
-- whole: table function unnest
SELECT * FROM unnest([1, 2, NULL]) t(x);
SELECT unnest([[1, 2], [3]], recursive := true);
SELECT k, generate_subscripts(l, 1) FROM nest WHERE k IN (1, 4);
SELECT range(k), generate_series(1, k), array_length(l), flatten([l, [1]]), list_zip(l, [1, 2]), list_resize(l, 2), list_slice(l, 1, 3, 2) FROM nest;
SELECT array_distance(arr::FLOAT[3], [1, 2, 3]::FLOAT[3]), array_inner_product(arr::FLOAT[3], arr::FLOAT[3]), arr::INTEGER[], list_cosine_similarity([1.0, 2.0], [2.0, 3.0]) FROM nest WHERE k = 1;
SELECT e, e::VARCHAR, e > 'low', enum_code(e), e = 'mid' FROM nest;
SELECT k FROM nest WHERE e = 'high' OR u = '11111111-2222-3333-4444-555555555555' OR bl = 'abc'::BLOB;
SELECT k FROM nest WHERE l = [3, 1, 3] OR s = {'a': 1, 'b': 'x'} OR arr = [9, 8, 7] OR m = MAP {'k': 5};
SELECT k FROM nest WHERE bt = '101'::BIT;
SELECT j, j->'a', j->>'b', json_extract(j, '$.a[0]'), json_extract_string(j, '$.b'), json_type(j), json_array_length(j), json_valid(j) FROM nest;
SELECT to_json(s), s::JSON, json_object('k', k), json_array(k, 'x'), json_keys(j), (j->'$.a') = '[1,2]' FROM nest;
SELECT json_transform(j, '{"a": "INTEGER[]"}'), from_json(j, '{"b": "VARCHAR"}') FROM nest WHERE k = 1;
-- whole: plan has no JSON form
SELECT u, u::VARCHAR, bl, hex(bl), octet_length(bl), bt, bit_count(bt), bt & '101'::BIT FROM nest WHERE k = 1;
SELECT un, un.n, un.s, union_tag(un), union_value(z := k) FROM nest;
SELECT un FROM nest WHERE un.n > 7;
SELECT l::VARCHAR, l::VARCHAR[], s::VARCHAR, s::STRUCT(a VARCHAR, b VARCHAR), m::VARCHAR, j::VARCHAR FROM nest;
SELECT array_agg(k ORDER BY k)[1], max(k) FILTER (WHERE l IS NOT NULL), list(l ORDER BY k) FROM nest;
SELECT (k, l) FROM nest;
SELECT x.a FROM (SELECT unnest([s, s]) AS x FROM nest);
SELECT list_value(s, s)[2].b, array_slice(l, 1, 2), l[2:], ll[1], string_to_array('a,b', ',') FROM nest;
