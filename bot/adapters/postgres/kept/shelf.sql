-- name: shelf
-- One row about the schema of the bot's own: whether it and the list of what is kept are there, why
-- nothing can be kept, and who is given rights on new tables by default.
WITH
own AS (
    SELECT pg_catalog.to_regnamespace('migration_bot') AS schema,
           pg_catalog.to_regclass('migration_bot.kept') AS index
),
reasons (place, reason) AS (
    SELECT 1, 'the role may make no schema in this database'
      FROM own WHERE schema IS NULL
       AND NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
    UNION ALL
    SELECT 2, 'the role may make no table in the schema migration_bot'
      FROM own WHERE schema IS NOT NULL
       AND NOT pg_catalog.has_schema_privilege(schema::oid, 'CREATE, USAGE')
    UNION ALL
    SELECT 3, 'the role may not write to migration_bot.kept'
      FROM own WHERE index IS NOT NULL
       AND NOT pg_catalog.has_table_privilege(index::oid, 'INSERT')
    UNION ALL
    -- What subscribes to it would be sent the rows, and has no table for them.
    SELECT 4, pg_catalog.format('the publication %%I is of all tables, and would send the rows on', pubname)
      FROM pg_catalog.pg_publication WHERE puballtables
    UNION ALL
    SELECT 5, 'the language plpgsql, by which they are given back, is not there'
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = 'plpgsql')
)
SELECT own.schema IS NOT NULL, own.index IS NOT NULL,
       coalesce((SELECT reason FROM reasons ORDER BY place, reason LIMIT 1), ''),
       ARRAY(SELECT DISTINCT CASE right_.grantee WHEN 0 THEN 'PUBLIC'
                             ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(right_.grantee)) END
               FROM pg_catalog.pg_default_acl AS given,
                    pg_catalog.aclexplode(given.defaclacl) AS right_
              WHERE given.defaclobjtype = 'r'
                AND given.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
                AND given.defaclnamespace IN (0, coalesce(own.schema::oid, 0))
                AND right_.grantee <> given.defaclrole)
  FROM own
