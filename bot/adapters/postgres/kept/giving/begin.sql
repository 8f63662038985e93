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
            ) THEN 'a column of it is not there'
            -- Unless its key was given back with it, the same number may be another row's.
            WHEN {keyed} AND (SELECT identity FROM migration_bot.kept WHERE shelf = {shelf})
                 <> {identity} AND NOT EXISTS (
                SELECT FROM migration_bot.kept AS own, migration_bot.kept AS later
                 WHERE own.shelf = {shelf} AND later.table_schema = own.table_schema
                   AND later.table_name = own.table_name
                   AND (later.at, later.statement) > (own.at, own.statement)
                   AND later.columns @> own.key
            ) THEN 'its key was made anew' END AS why
  FROM {kept}
