-- What has to be known of tables to make up rows for them: one row each, with lists as JSON.
WITH wanted AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migration_bot')
      AND c.relname <> '_prisma_migrations'
      AND NOT EXISTS (
          SELECT 1 FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT w.oid::bigint AS oid, w.nspname AS schema, w.relname AS name,
    w.relforcerowsecurity AS forced,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'method', m.amname, 'columns', i.indkey::int2[])), '[]')
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
     WHERE i.indrelid = w.oid
    ) AS indexes,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'number', a.attnum, 'name', a.attname, 'type', a.atttypid::bigint,
        'modifier', a.atttypmod, 'not_null', a.attnotnull,
        'drawn', CASE
            WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)', pg_get_serial_sequence(
                format('%I.%I', w.nspname, w.relname), a.attname))
            WHEN pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\(''[^'']+''::regclass\)$'
                THEN pg_get_expr(d.adbin, d.adrelid)
        END) ORDER BY a.attnum), '[]')
     FROM pg_attribute a
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ) AS columns,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'columns', (
            SELECT jsonb_agg(DISTINCT k.number) FROM (
                SELECT unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS number
                UNION
                SELECT p.refobjsubid::int2 FROM pg_depend p
                WHERE 0 = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                  AND p.classid = 'pg_class'::regclass AND p.objid = i.indexrelid
                  AND p.refclassid = 'pg_class'::regclass AND p.refobjid = i.indrelid
            ) AS k WHERE k.number > 0),
        'only_where', pg_get_expr(i.indpred, i.indrelid),
        'deferrable', NOT i.indimmediate,
        'nulls_count', i.indisprimary OR i.indisexclusion
            OR coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false)
        ) ORDER BY NOT i.indisprimary, i.indnkeyatts, i.indexrelid), '[]')
     FROM pg_index i WHERE i.indrelid = w.oid AND (i.indisunique OR i.indisexclusion)
    ) AS keys,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', o.conname, 'columns', to_jsonb(coalesce(o.conkey, '{}')),
        'text', pg_get_expr(o.conbin, o.conrelid)) ORDER BY o.conname), '[]')
     FROM pg_constraint o WHERE o.conrelid = w.oid AND o.contype = 'c'
       AND coalesce((to_jsonb(o) ->> 'conenforced')::bool, true)
    ) AS checks,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', o.conname, 'parent', o.confrelid::bigint,
        'parent_name', o.confrelid::regclass::text,
        'whole', p.relkind = 'p', 'columns', to_jsonb(o.conkey),
        'parent_columns', (
            SELECT jsonb_agg(a.attname ORDER BY k.place)
            FROM unnest(o.confkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.number)
        ) ORDER BY cardinality(o.conkey) DESC, o.conname), '[]')
     FROM pg_constraint o JOIN pg_class p ON p.oid = o.confrelid
     WHERE o.conrelid = w.oid AND o.contype = 'f' AND o.conparentid = 0
    ) AS references,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'oid', t.relid::oid::bigint, 'parent', t.parentrelid::oid::bigint, 'leaf', t.isleaf,
        'name', n.nspname || '.' || c.relname,
        'foreign', c.relkind = 'f', 'bound', pg_get_expr(c.relpartbound, c.oid),
        'rule', pg_get_partition_constraintdef(c.oid), 'strategy', p.partstrat,
        'key', p.partattrs::int2[]) ORDER BY t.level, c.oid), '[]')
     FROM pg_partition_tree(w.oid) t
     JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
     WHERE w.relkind = 'p'
    ) AS partitions
FROM wanted w
ORDER BY w.nspname, w.relname
