-- What could not be given back is put beside what is kept, for whoever decides about it; as closed as
-- that is.
DO {quote}
DECLARE
    each record;
BEGIN
    IF EXISTS (SELECT FROM {waiting}) THEN
        DROP TABLE IF EXISTS {conflicts};
        CREATE TABLE {conflicts} AS
        SELECT w.why AS {why}, k.* FROM {kept} AS k JOIN {waiting} AS w USING ({row});
        FOR each IN
            SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC'
                            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END AS name
              FROM pg_catalog.pg_class AS class, pg_catalog.aclexplode(class.relacl)
             WHERE class.oid = {conflicts_name}::regclass AND grantee <> class.relowner
        LOOP
            EXECUTE 'REVOKE ALL ON TABLE {conflicts} FROM ' || each.name;
        END LOOP;
        IF (SELECT relrowsecurity FROM pg_catalog.pg_class WHERE oid = {kept_name}::regclass) THEN
            ALTER TABLE {conflicts} ENABLE ROW LEVEL SECURITY;
        END IF;
    END IF;
    IF pg_catalog.to_regclass({name}) IS NOT NULL THEN
        NULL;
{numbers}    END IF;
    UPDATE migration_bot.kept AS own
       SET given_at = now(), until = greatest(own.until, now() + (own.until - own.at)),
           given = own.rows - (SELECT count(*) FROM {waiting}),
           conflicts = coalesce((
               SELECT jsonb_agg(jsonb_build_array(why, rows) ORDER BY why)
                 FROM (SELECT why, count(*) AS rows FROM {waiting} GROUP BY why) AS found), '[]')
     WHERE own.shelf = {shelf};
    DROP TABLE {waiting};
END {quote}
