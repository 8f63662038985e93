-- All rows of a kept table wait to be given back. What the down has not made again cannot take them.
CREATE UNLOGGED TABLE {waiting} AS
SELECT {row},
       CASE WHEN pg_catalog.to_regclass({name}) IS NULL THEN 'its table is not there'
            WHEN EXISTS (
                SELECT FROM unnest(ARRAY[{names}]::text[]) AS wanted (name)
                 WHERE NOT EXISTS (
                     SELECT FROM pg_catalog.pg_attribute
                      WHERE attrelid = pg_catalog.to_regclass({name})
                        AND attname = wanted.name AND NOT attisdropped AND attnum > 0)
            ) THEN 'a column of it is not there' END AS why
  FROM {kept}
