-- name: tables to keep
-- A row for each table: its columns, its keys, how big it is, and what goes with it. The search path
-- is empty by then, so that every name comes out qualified.
WITH RECURSIVE
asked AS (
    SELECT class.*, given.asked
      FROM unnest(%(names)s::text[], %(oids)s::oid[]) AS given (asked, oid)
      JOIN pg_catalog.pg_class AS class ON class.oid = given.oid
),
family AS (
    SELECT oid AS root, oid FROM asked
    UNION
    SELECT family.root, below.inhrelid
      FROM family JOIN pg_catalog.pg_inherits AS below ON below.inhparent = family.oid
),
sized AS (
    SELECT family.root,
           sum(pg_catalog.pg_table_size(class.oid)) FILTER (WHERE class.relkind <> 'p')::bigint AS bytes,
           -- Nobody has counted it yet.
           sum(CASE WHEN class.reltuples < 0 THEN pg_catalog.pg_relation_size(class.oid) / 64
                    ELSE class.reltuples END) FILTER (WHERE class.relkind <> 'p')::bigint AS rows
      FROM family JOIN pg_catalog.pg_class AS class USING (oid)
     GROUP BY family.root
),
reasons (oid, place, reason) AS (
    SELECT oid, 1, 'it is no ordinary table'
      FROM asked WHERE relkind NOT IN ('r', 'p') OR relpersistence = 't'
    UNION ALL
    SELECT oid, 2, 'the role may not read it'
      FROM asked WHERE NOT pg_catalog.has_table_privilege(oid, 'SELECT')
    UNION ALL
    SELECT oid, 3, 'row level security may keep rows of it from the role'
      FROM asked WHERE pg_catalog.row_security_active(oid)
    UNION ALL
    SELECT oid, 4, 'other tables inherit from it'
      FROM asked WHERE relkind = 'r' AND EXISTS (
          SELECT FROM pg_catalog.pg_inherits WHERE inhparent = asked.oid)
    UNION ALL
    SELECT oid, 5, 'it has rules, which rewrite what is done to it'
      FROM asked WHERE EXISTS (
          SELECT FROM pg_catalog.pg_rewrite AS rule
           WHERE rule.ev_class = asked.oid AND rule.ev_type <> '1')
    UNION ALL
    SELECT asked.oid, 6, pg_catalog.format('%%s has values of its row type', min(other.oid::regclass::text))
      FROM asked
      JOIN pg_catalog.pg_type AS type ON type.oid = asked.reltype
      JOIN pg_catalog.pg_attribute AS attribute
        ON attribute.atttypid IN (type.oid, nullif(type.typarray, 0)) AND NOT attribute.attisdropped
      JOIN pg_catalog.pg_class AS other ON other.oid = attribute.attrelid
     WHERE other.relkind IN ('r', 'p', 'm') AND other.oid <> asked.oid
     GROUP BY asked.oid
),
-- Of each table the user's triggers, by the bits of their events.
triggers (oid, type) AS (
    SELECT family.root, trigger.tgtype
      FROM family JOIN pg_catalog.pg_trigger AS trigger ON trigger.tgrelid = family.oid
     WHERE NOT trigger.tgisinternal AND trigger.tgenabled IN ('O', 'A')
),
columns AS (
    SELECT asked.oid,
           json_agg(json_build_array(
               attribute.attname,
               pg_catalog.format_type(attribute.atttypid, attribute.atttypmod),
               attribute.atttypid < 16384,
               coalesce(
                   (SELECT max(avg_width) FROM pg_catalog.pg_stats
                     WHERE schemaname = namespace.nspname AND tablename = asked.relname
                       AND pg_stats.attname = attribute.attname),
                   CASE WHEN attribute.attlen > 0 THEN attribute.attlen
                        ELSE sized.bytes / greatest(sized.rows, 1) END),
               attribute.atthasdef OR attribute.attidentity <> '',
               attribute.attgenerated <> '',
               coalesce(CASE WHEN asked.relkind IN ('r', 'p') THEN pg_catalog.pg_get_serial_sequence(
                   pg_catalog.format('%%I.%%I', namespace.nspname, asked.relname), attribute.attname) END, '')
           ) ORDER BY attribute.attnum) AS columns
      FROM asked
      JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = asked.relnamespace
      JOIN sized ON sized.root = asked.oid
      JOIN pg_catalog.pg_attribute AS attribute
        ON attribute.attrelid = asked.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
     GROUP BY asked.oid
),
keys AS (
    SELECT asked.oid, index.indexrelid, index.indisprimary, index.indnkeyatts,
           json_agg(attribute.attname ORDER BY place) AS names
      FROM asked
      JOIN pg_catalog.pg_index AS index ON index.indrelid = asked.oid
     CROSS JOIN LATERAL generate_series(1, index.indnkeyatts) AS place
      JOIN pg_catalog.pg_attribute AS attribute
        ON attribute.attrelid = asked.oid AND attribute.attnum = index.indkey[place - 1]
       AND attribute.attnotnull AND attribute.attgenerated = ''
     WHERE index.indisunique AND index.indisvalid AND index.indpred IS NULL
     GROUP BY asked.oid, index.indexrelid, index.indisprimary, index.indnkeyatts
    HAVING count(*) = index.indnkeyatts
)
SELECT asked.asked, namespace.nspname, asked.relname, columns.columns,
       (SELECT json_agg(names ORDER BY indisprimary DESC, indnkeyatts, indexrelid)
          FROM keys WHERE keys.oid = asked.oid),
       greatest(sized.rows, 0), coalesce(sized.bytes, 0), asked.relrowsecurity,
       coalesce((SELECT reason FROM reasons WHERE reasons.oid = asked.oid ORDER BY place LIMIT 1), ''),
       (SELECT json_agg(json_build_array(
                   points.conrelid::regclass::text,
                   (SELECT json_agg(attname ORDER BY place)
                      FROM unnest(points.conkey) WITH ORDINALITY AS own (number, place)
                      JOIN pg_catalog.pg_attribute
                        ON attrelid = points.conrelid AND attnum = own.number),
                   (SELECT json_agg(attname ORDER BY place)
                      FROM unnest(points.confkey) WITH ORDINALITY AS own (number, place)
                      JOIN pg_catalog.pg_attribute
                        ON attrelid = points.confrelid AND attnum = own.number),
                   points.confdeltype = 'c') ORDER BY points.conrelid, points.oid)
          FROM pg_catalog.pg_constraint AS points
         WHERE points.contype = 'f' AND points.confdeltype IN ('c', 'n', 'd')
           AND points.conparentid = 0
           AND points.confrelid IN (SELECT family.oid FROM family WHERE root = asked.oid)),
       ARRAY(SELECT DISTINCT pointing.nspname || '.' || other.relname
               FROM pg_catalog.pg_constraint AS points
               JOIN pg_catalog.pg_class AS other ON other.oid = points.conrelid
               JOIN pg_catalog.pg_namespace AS pointing ON pointing.oid = other.relnamespace
              WHERE points.contype = 'f' AND points.conparentid = 0
                AND points.confrelid IN (SELECT family.oid FROM family WHERE root = asked.oid)
                AND points.conrelid NOT IN (SELECT family.oid FROM family WHERE root = asked.oid)),
       ARRAY(SELECT DISTINCT attribute.attname::text FROM pg_catalog.pg_constraint AS points
               JOIN pg_catalog.pg_attribute AS attribute
                 ON attribute.attrelid = points.confrelid AND attribute.attnum = ANY (points.confkey)
              WHERE points.contype = 'f' AND points.confupdtype IN ('c', 'n', 'd')
                AND points.confrelid IN (SELECT family.oid FROM family WHERE root = asked.oid)),
       EXISTS (SELECT FROM triggers WHERE triggers.oid = asked.oid AND type & 11 = 11),
       EXISTS (SELECT FROM triggers WHERE triggers.oid = asked.oid AND type & 19 = 19),
       ARRAY(SELECT DISTINCT event FROM triggers,
                    (VALUES (8, 'delete'), (16, 'update'), (32, 'truncate')) AS known (bit, event)
              WHERE triggers.oid = asked.oid AND type & bit <> 0 AND type & 3 <> 3),
       asked.relkind = 'p'
  FROM asked
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = asked.relnamespace
  JOIN sized ON sized.root = asked.oid
  LEFT JOIN columns ON columns.oid = asked.oid
