"""What a migration could do beyond its own database, each with the rule that finds it."""

import pytest

from bot.core.findings.finding import Severity
from bot.core.findings.risk import Risk, risk_of
from bot.rules.security import role_change, server_config_change, untrusted_code
from tests.judging import judged, names

BEFORE = """
CREATE TABLE "Order" (id INT PRIMARY KEY, note TEXT);
CREATE TABLE "_prisma_migrations" (id TEXT PRIMARY KEY, migration_name TEXT);
"""
STOPPED = {
    "untrusted-code": [
        "COPY \"Order\" FROM PROGRAM 'curl example.com';",
        "COPY (SELECT 1) TO PROGRAM 'curl example.com';",
        "COPY \"Order\" FROM '/etc/passwd';",
        "COPY (SELECT 1) TO '/tmp/rows';",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'library', 'symbol';",
        "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_read_file';",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'return 1';",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plperlu AS 'return 1';",
        "CREATE EXTENSION plpython3u;",
        "LOAD 'library';",
        "SELECT pg_read_file('/etc/passwd');",
        "SELECT pg_catalog.pg_read_binary_file('/etc/passwd');",
        "SELECT pg_stat_file('/etc/passwd'), pg_ls_logdir();",
        "UPDATE \"Order\" SET note = pg_read_file('/etc/passwd') WHERE id = 1;",
        "CREATE VIEW v AS SELECT pg_read_file('/etc/passwd');",
        "ALTER TABLE \"Order\" ALTER COLUMN note SET DEFAULT pg_read_file('x');",
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('x') $$;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN COPY \"Order\" TO PROGRAM 'x'; END $$;",
        "SELECT lo_import('/etc/passwd');",
        "SELECT lo_export(1, '/tmp/rows');",
        "SELECT * FROM dblink('host=example.com', 'SELECT 1') AS t (id int);",
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw;",
        "ALTER SERVER other OPTIONS (SET host 'example.com');",
        "CREATE FOREIGN DATA WRAPPER other;",
        "CREATE SUBSCRIPTION s CONNECTION 'host=example.com' PUBLICATION p;",
        "ALTER SUBSCRIPTION s CONNECTION 'host=example.com';",
        "DO $$ BEGIN COPY \"Order\" TO '/tmp/rows'; END $$;",
        "DO $$ BEGIN PERFORM dblink('host=example.com', 'SELECT 1'); END $$;",
        "DO LANGUAGE plperlu 'system(1)';",
    ],
    "extension-create": [
        "CREATE EXTENSION dblink;",
        "CREATE EXTENSION postgres_fdw;",
        "CREATE EXTENSION file_fdw;",
        "CREATE LANGUAGE somebodys;",
    ],
    "server-config-change": [
        "ALTER SYSTEM SET wal_level = 'logical';",
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();",
        "ALTER EVENT TRIGGER e DISABLE;",
    ],
    "security-definer-search-path": [
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
        "ALTER FUNCTION f() SECURITY DEFINER;",
    ],
    "grant-to-public": [
        'GRANT SELECT ON "Order" TO PUBLIC;',
        'GRANT ALL ON "Order" TO app;',
    ],
    "role-change": [
        "GRANT pg_execute_server_program TO app;",
        "ALTER ROLE app SUPERUSER;",
        "CREATE ROLE app BYPASSRLS;",
        "SET ROLE postgres;",
        "SET LOCAL ROLE postgres;",
        "SET SESSION AUTHORIZATION postgres;",
        "SELECT set_config('role', 'postgres', false);",
    ],
    "prisma-bookkeeping-touched": [
        "DELETE FROM \"_prisma_migrations\" WHERE id = '1';",
        "UPDATE \"_prisma_migrations\" SET migration_name = 'x' WHERE id = '1';",
        "INSERT INTO \"_prisma_migrations\" (id, migration_name) VALUES ('1', 'x');",
        'TRUNCATE "_prisma_migrations";',
        'DROP TABLE "_prisma_migrations";',
    ],
    "uninspectable-sql": [
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || current_setting('a.b'); END $$;",
        "DO $$ BEGIN EXECUTE format('DROP TABLE %I', current_user); END $$;",
    ],
    "prisma-psql-meta": [
        "\\! curl example.com",
        "\\i /etc/passwd",
        "\\copy \"Order\" from program 'x'",
        "\\setenv PATH /tmp",
    ],
}
CASES = [(rule, sql) for rule, texts in STOPPED.items() for sql in texts]


@pytest.mark.parametrize(("rule", "sql"), CASES)
def test_it_is_found_and_never_passed_as_harmless(rule: str, sql: str) -> None:
    migration = judged(f"{sql}\n", before=[BEFORE])
    found = {each.rule: each.severity for each in migration.findings}
    assert found[rule] in (Severity.ERROR, Severity.WARNING)
    assert risk_of(migration) is not Risk.LOW


@pytest.mark.parametrize("sql", STOPPED["uninspectable-sql"])
def test_what_is_decided_while_it_runs_is_of_high_risk(sql: str) -> None:
    assert risk_of(judged(f"{sql}\n", before=[BEFORE])) is Risk.HIGH


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN NULL; /* COPY t TO PROGRAM 'x' */ END $$;",
        "CREATE FUNCTION pg_read_files() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        "COMMENT ON TABLE \"Order\" IS 'pg_read_file(1)';",
        "SELECT set_config('search_path', 'role', false);",
        "RESET ROLE;",
        "SET ROLE NONE;",
        "REVOKE readers FROM app;",
        'GRANT SELECT (id) ON "Order" TO app;',
    ],
)
def test_what_only_looks_like_it_is_left_alone(sql: str) -> None:
    rules = [untrusted_code, role_change, server_config_change]
    assert names(judged(sql, before=[BEFORE], rules=rules)) == []
