-- The types of columns, and the types those are made of.
WITH RECURSIVE used (oid) AS (
    SELECT a.atttypid
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT next.oid
    FROM used u JOIN pg_type t ON t.oid = u.oid
    LEFT JOIN pg_range r ON r.rngtypid = t.oid
        OR (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid
    LEFT JOIN pg_attribute a ON a.attrelid = t.typrelid AND t.typtype = 'c'
        AND a.attnum > 0 AND NOT a.attisdropped
    CROSS JOIN LATERAL (VALUES
        (t.typbasetype), (CASE t.typcategory WHEN 'A' THEN t.typelem END), (r.rngsubtype),
        (r.rngtypid), (a.atttypid)) AS next (oid)
    WHERE next.oid <> 0
)
SELECT t.oid::bigint AS oid, t.typname AS name, t.typtype::text AS kind,
    n.nspname = 'pg_catalog' AS built_in, format('%I.%I', n.nspname, t.typname) AS quoted,
    CASE t.typcategory WHEN 'A' THEN t.typelem::bigint END AS element,
    t.typlen AS length, t.typbasetype::bigint AS base, t.typtypmod AS modifier,
    t.typnotnull AS not_null, r.rngsubtype::bigint AS subtype, r.rngtypid::bigint AS range,
    (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
     FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
    (SELECT array_agg(pg_get_expr(o.conbin, 0) ORDER BY o.conname) FROM pg_constraint o
     WHERE o.contypid = t.oid AND o.contype = 'c') AS checks,
    (SELECT jsonb_agg(jsonb_build_array(a.atttypid::bigint, a.atttypmod) ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = t.typrelid AND t.typtype = 'c'
       AND a.attnum > 0 AND NOT a.attisdropped) AS fields
FROM used u JOIN pg_type t ON t.oid = u.oid JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_range r ON r.rngtypid = t.oid OR (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid
