-- name: batches
-- One row about a table: why a change of it cannot run in batches, and the keys it has.
-- No row if there is no such table. A key is a list of columns: name, type in SQL, whether a date.
WITH RECURSIVE
given AS (
    SELECT to_regclass(%(table)s)::oid AS oid
),
-- The table with everything that stores its rows, or stores them with it.
family AS (
    SELECT oid FROM given WHERE oid IS NOT NULL
    UNION
    SELECT CASE WHEN inherits.inhrelid = family.oid THEN inherits.inhparent
                ELSE inherits.inhrelid END
      FROM family
      JOIN pg_catalog.pg_inherits AS inherits ON family.oid IN (inherits.inhrelid, inherits.inhparent)
),
-- Tables whose rows the foreign keys change with those of this one. `nulled`: not by deleting them.
followed AS (
    SELECT oid, false AS nulled, 'd'::"char" AS how FROM family
    UNION
    SELECT keys.conrelid,
           (followed.how = 'd' AND keys.confdeltype <> 'c') OR followed.how = 'u',
           CASE WHEN followed.how = 'd' AND keys.confdeltype = 'c' THEN 'd' ELSE 'u' END::"char"
      FROM followed
      JOIN pg_catalog.pg_constraint AS keys
        ON keys.contype = 'f' AND keys.confrelid = followed.oid
     WHERE %(verb)s = 'DELETE'
       AND (   (followed.how = 'd' AND keys.confdeltype IN ('c', 'n', 'd'))
            OR (followed.how = 'u' AND keys.confupdtype IN ('c', 'n', 'd')))
),
-- What the statement reads besides, down through views.
named AS (
    SELECT to_regclass(name)::oid AS oid FROM unnest(%(reads)s::text[]) AS name
    UNION
    SELECT depends.refobjid
      FROM named
      JOIN pg_catalog.pg_rewrite AS rule ON rule.ev_class = named.oid
      JOIN pg_catalog.pg_depend AS depends
        ON depends.classid = 'pg_catalog.pg_rewrite'::regclass AND depends.objid = rule.oid
       AND depends.refclassid = 'pg_catalog.pg_class'::regclass AND depends.refobjid <> named.oid
),
own AS (
    SELECT class.* FROM given JOIN pg_catalog.pg_class AS class USING (oid)
),
-- Functions by name, whichever of a name is meant. Those of extensions are trusted to be pure in
-- what they read, and so are PostgreSQL's own.
called AS (
    SELECT process.proname, process.provolatile, used.choosing,
           process.pronamespace <> 'pg_catalog'::regnamespace AND NOT EXISTS (
               SELECT FROM pg_catalog.pg_depend AS depends
                WHERE depends.classid = 'pg_catalog.pg_proc'::regclass
                  AND depends.objid = process.oid AND depends.deptype = 'e') AS homemade
      FROM (SELECT unnest(%(functions)s::text[]) AS name, false AS choosing
            UNION ALL SELECT unnest(%(choosing)s::text[]), true) AS used
      JOIN pg_catalog.pg_proc AS process ON process.proname = used.name
),
reasons (place, reason) AS (
    SELECT 1, 'it is not a table' FROM own WHERE relkind NOT IN ('r', 'p')
    UNION ALL
    SELECT 2, 'it is temporary, and a run that goes on later would not find it'
      FROM own WHERE relpersistence = 't'
    UNION ALL
    SELECT 3, 'it has rules, which rewrite each batch'
      FROM own WHERE EXISTS (
          SELECT FROM pg_catalog.pg_rewrite AS rule
           WHERE rule.ev_class = own.oid AND rule.ev_type::text = CASE %(verb)s WHEN 'UPDATE' THEN '2' ELSE '4' END)
    UNION ALL
    SELECT 4, 'other tables inherit from it, which need not have its key; name each with ONLY'
      FROM own WHERE relkind = 'r' AND NOT %(only)s AND EXISTS (
          SELECT FROM pg_catalog.pg_inherits WHERE inhparent = own.oid)
    UNION ALL
    SELECT 5, format('its trigger %%I fires once for a statement, and would for each batch', tgname)
      FROM own JOIN pg_catalog.pg_trigger ON tgrelid = own.oid
     WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 1 = 0
       AND tgtype & CASE %(verb)s WHEN 'UPDATE' THEN 16 ELSE 8 END <> 0
    UNION ALL
    SELECT 6, format('%%s reads the rows that it changes', named.oid::regclass)
      FROM named JOIN family USING (oid)
    UNION ALL
    SELECT 7, format('it reads %%s, which changes with it by a foreign key', named.oid::regclass)
      FROM named JOIN followed USING (oid)
     WHERE followed.oid NOT IN (SELECT oid FROM family)
    UNION ALL
    SELECT 8, format('%%I points from its rows to others of them, which need not go in the same batch', conname)
      FROM pg_catalog.pg_constraint
     WHERE contype = 'f' AND %(verb)s = 'DELETE' AND confdeltype <> 'c'
       AND conrelid IN (SELECT oid FROM family) AND confrelid IN (SELECT oid FROM family)
    UNION ALL
    SELECT 9, format('deleting its rows comes back to others of them by way of %%s', followed.oid::regclass)
      FROM followed JOIN family USING (oid) WHERE followed.nulled
    UNION ALL
    SELECT 10, format('%%I leads to rows of %%s, which would follow the change', conname, conrelid::regclass)
      FROM pg_catalog.pg_constraint
     WHERE contype = 'f' AND %(verb)s = 'UPDATE' AND confrelid IN (SELECT oid FROM family)
       AND EXISTS (SELECT FROM pg_catalog.pg_attribute
                    WHERE attrelid = confrelid AND attnum = ANY (confkey) AND attname = ANY (%(sets)s))
    UNION ALL
    SELECT 11, format('%%I is looked after at the end of a statement, so that batches may fail where the whole does not', conname)
      FROM own JOIN pg_catalog.pg_constraint AS unique_ ON unique_.conrelid = own.oid
     WHERE contype IN ('p', 'u', 'x') AND condeferrable AND EXISTS (
           SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = own.oid AND attnum = ANY (conkey) AND attname = ANY (%(sets)s))
    UNION ALL
    SELECT 12, format('it chooses its rows by %%I(), whose answer may change from batch to batch', proname)
      FROM called WHERE choosing AND (provolatile = 'v' OR (homemade AND provolatile <> 'i'))
    UNION ALL
    SELECT 13, format('%%I() may look at the rows that earlier batches have changed', proname)
      FROM called WHERE NOT choosing AND homemade AND provolatile <> 'i'
    UNION ALL
    SELECT 14, format('it reads %%s, which is temporary', oid::regclass)
      FROM named JOIN pg_catalog.pg_class USING (oid) WHERE relpersistence = 't'
),
keys AS (
    SELECT index.indexrelid, index.indisprimary, index.indnkeyatts,
           json_agg(json_build_array(attname, format_type(atttypid, atttypmod),
                                     typcategory = 'D') ORDER BY place) AS columns
      FROM own
      JOIN pg_catalog.pg_index AS index ON index.indrelid = own.oid
      JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
      JOIN pg_catalog.pg_am AS am ON am.oid = class.relam AND am.amname = 'btree'
     CROSS JOIN LATERAL generate_series(1, index.indnkeyatts) AS place
      JOIN pg_catalog.pg_attribute AS attribute
        ON attribute.attrelid = own.oid AND attribute.attnum = index.indkey[place - 1]
       AND attribute.attnotnull AND attribute.attcollation = index.indcollation[place - 1]
      JOIN pg_catalog.pg_opclass AS class_of ON class_of.oid = index.indclass[place - 1] AND opcdefault
      JOIN pg_catalog.pg_type AS type ON type.oid = attribute.atttypid
     WHERE index.indisunique AND index.indisvalid AND index.indpred IS NULL
     GROUP BY index.indexrelid, index.indisprimary, index.indnkeyatts
    HAVING count(*) = index.indnkeyatts
)
SELECT (SELECT array_agg(reason ORDER BY place, reason) FROM reasons),
       (SELECT json_agg(columns ORDER BY indisprimary DESC, indnkeyatts, indexrelid) FROM keys)
  FROM own
