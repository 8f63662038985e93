"""Hostile migrations, as values: what each tries, and how it may end.

`{canary}` is a directory that everybody may write to, and that has to stay empty. Where a trap
springs it writes into the table `caught` as whom it ran.
"""

from dataclasses import dataclass

from bot.core.rehearsals.refusal import Stop

REFUSED, NOT_POSSIBLE = Stop.REFUSED, Stop.NOT_POSSIBLE
TIME, DISK, MEMORY, CONNECTION = Stop.TIME, Stop.DISK, Stop.MEMORY, Stop.CONNECTION


@dataclass(frozen=True)
class Hostile:
    """`ends` are the ways in which it may be stopped; None is that nothing stops it.

    `together` runs its statements in one transaction.
    """

    name: str
    statements: tuple[str, ...]
    ends: tuple[Stop | None, ...] = (NOT_POSSIBLE,)
    together: bool = False

    def __str__(self) -> str:
        return self.name


def wish(name: str, *statements: str) -> Hostile:
    """One that wants what only a superuser may."""
    return Hostile(name, statements)


def bomb(
    name: str, *statements: str, ends: tuple[Stop | None, ...] = (TIME,), together: bool = False
) -> Hostile:
    """One that takes what it can get."""
    return Hostile(name, ("SET statement_timeout = 0", *statements), ends, together)


PROGRAMS = (
    wish("copy to a program", "COPY (SELECT 1) TO PROGRAM 'touch {canary}/a'"),
    wish("copy from a program", "CREATE TABLE p1 (a text)", "COPY p1 FROM PROGRAM 'id'"),
    wish(
        "a program in a block",
        "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch {canary}/b'''; END $$",
    ),
    wish(
        "a function of the C library",
        "CREATE FUNCTION f1(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'",
    ),
    wish(
        "an internal function",
        "CREATE FUNCTION f2(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'",
    ),
    wish("an untrusted language", "CREATE EXTENSION plpython3u"),
    wish("a language of its own", "CREATE LANGUAGE own HANDLER plpgsql_call_handler"),
    wish("a library", "LOAD '$libdir/../../../tmp/a'"),
    wish("a library at the next start", "ALTER SYSTEM SET shared_preload_libraries = 'a'"),
    wish("a library for sessions", "ALTER ROLE {role} SET session_preload_libraries = 'a'"),
    wish("another place for libraries", "SET dynamic_library_path = '/tmp'"),
    wish("a command of the archiver", "ALTER SYSTEM SET archive_command = 'touch {canary}/c'"),
    wish("a background worker", "CREATE EXTENSION pg_prewarm"),
)

FILES = (
    wish("read a file", "SELECT pg_read_file('/etc/passwd')"),
    wish("read a file of the server", "SELECT pg_read_binary_file('PG_VERSION')"),
    wish("copy from a file", "CREATE TABLE f3 (a text)", "COPY f3 FROM '/etc/passwd'"),
    wish("copy to a file", "COPY (SELECT 1) TO '{canary}/d'"),
    wish("import a large object", "SELECT lo_import('/etc/passwd')"),
    wish("export a large object", "SELECT lo_export(lo_from_bytea(0, 'x'), '{canary}/e')"),
    wish("list a directory", "SELECT pg_ls_dir('/')"),
    wish("list the log", "SELECT * FROM pg_ls_waldir()"),
    wish("look at a file", "SELECT pg_stat_file('/etc/passwd')"),
    wish("read the access rules", "SELECT * FROM pg_hba_file_rules"),
    wish("read the configuration", "SELECT * FROM pg_file_settings"),
    wish("a table out of a file", "CREATE EXTENSION file_fdw"),
    wish("a tablespace", "CREATE TABLESPACE t1 LOCATION '{canary}'"),
    Hostile(
        "a dictionary out of a file",
        (
            "CREATE TEXT SEARCH DICTIONARY d1 "
            "(TEMPLATE = simple, STOPWORDS = '../../../../../../etc/passwd')",
        ),
        (REFUSED,),
    ),
    Hostile(
        "an external entity",
        (
            "DO $$ BEGIN IF xmlparse(DOCUMENT '<!DOCTYPE a [<!ENTITY b SYSTEM "
            "\"file:///etc/passwd\">]><a>&b;</a>')::text LIKE '%root:%' "
            "THEN INSERT INTO caught VALUES ('a file'); END IF; END $$",
        ),
        (None, REFUSED, NOT_POSSIBLE),
    ),
)

SERVER = (
    wish(
        "end others' sessions",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    ),
    wish(
        "cancel others' statements",
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    ),
    wish("reload the configuration", "SELECT pg_reload_conf()"),
    wish("rotate the log", "SELECT pg_rotate_logfile()"),
    wish("switch the write-ahead log", "SELECT pg_switch_wal()"),
    wish("a restore point", "SELECT pg_create_restore_point('x')"),
    wish("promote", "SELECT pg_promote()"),
    wish("a backup", "CHECKPOINT", "SELECT pg_backup_start('x')"),
    wish("a replication slot", "SELECT pg_create_physical_replication_slot('x')"),
    wish("change the server's settings", "ALTER SYSTEM SET work_mem = '1GB'"),
    wish("a subscription", "CREATE SUBSCRIPTION s1 CONNECTION 'host=example.com' PUBLICATION p"),
    wish("publish everything", "CREATE PUBLICATION p2 FOR ALL TABLES"),
    wish(
        "an event trigger",
        "CREATE FUNCTION e1() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO caught VALUES (current_user); END $$",
        "CREATE EVENT TRIGGER e2 ON ddl_command_end EXECUTE FUNCTION e1()",
    ),
    wish("another database", "CREATE DATABASE another"),
    wish("other servers", "CREATE EXTENSION dblink"),
    wish("tables of other servers", "CREATE EXTENSION postgres_fdw"),
    wish("a foreign data wrapper", "CREATE FOREIGN DATA WRAPPER w1"),
    wish("skip triggers", "SET session_replication_role = replica"),
    wish("damaged pages", "SET zero_damaged_pages = on"),
    wish("log less", "SET log_min_messages = panic"),
    Hostile("no directory of its own", ("SET data_directory = '/tmp'",), (REFUSED,)),
    Hostile("prepare a transaction", ("BEGIN", "PREPARE TRANSACTION 'x'"), (REFUSED,)),
    Hostile("no connections", ("ALTER DATABASE {database} ALLOW_CONNECTIONS false",), (REFUSED,)),
    Hostile("drop its own database", ("DROP DATABASE {database}",), (REFUSED,)),
)

ROLES = (
    wish("become the superuser", "SET ROLE postgres"),
    wish("authorize as the superuser", "SET SESSION AUTHORIZATION postgres"),
    wish("make a superuser", "CREATE ROLE mighty SUPERUSER"),
    wish("be a superuser", "ALTER ROLE {role} SUPERUSER"),
    wish("see every row", "ALTER ROLE {role} BYPASSRLS"),
    wish("run programs", "GRANT pg_execute_server_program TO {role}"),
    wish("read files", "GRANT pg_read_server_files TO {role}"),
    wish("the superuser's password", "ALTER ROLE postgres PASSWORD 'mine'"),
    wish("the superuser's settings", "ALTER ROLE postgres SET search_path = public"),
    wish("everybody's settings", "ALTER ROLE ALL SET search_path = public"),
    wish("more connections", "ALTER ROLE {role} CONNECTION LIMIT -1"),
    wish("read passwords", "SELECT rolpassword FROM pg_authid"),
    wish(
        "a function of the superuser's",
        "CREATE FUNCTION g1() RETURNS void LANGUAGE sql SECURITY DEFINER AS "
        "'INSERT INTO caught VALUES (current_user)'",
        "ALTER FUNCTION g1() OWNER TO postgres",
    ),
    wish(
        "a schema of the superuser's",
        "CREATE SCHEMA g2 AUTHORIZATION postgres",
    ),
    wish("a database of the superuser's", "ALTER DATABASE {database} OWNER TO postgres"),
    Hostile(
        "a role for the job",
        ("CREATE ROLE go_between LOGIN", "GRANT pg_read_server_files TO go_between"),
        (NOT_POSSIBLE,),
        together=True,
    ),
    wish("all that the superuser owns", "REASSIGN OWNED BY postgres TO {role}"),
)

CATALOGUE = (
    wish(
        "replace a function of the catalogue",
        "CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql AS "
        "'SELECT NULL::timestamptz'",
    ),
    wish("write to the catalogue", "UPDATE pg_authid SET rolsuper = true"),
    wish("write to functions", "UPDATE pg_proc SET prosecdef = true"),
    wish("change system tables", "SET allow_system_table_mods = on"),
    wish(
        "a rule on a view of the catalogue",
        "CREATE RULE r1 AS ON INSERT TO pg_catalog.pg_tables DO INSTEAD NOTHING",
    ),
    wish(
        "a trigger on the catalogue",
        "CREATE FUNCTION h1() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER h2 AFTER INSERT ON pg_class FOR EACH ROW EXECUTE FUNCTION h1()",
    ),
    wish("lock the catalogue", "BEGIN", "LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE"),
    wish(
        "an operator class for everybody",
        "CREATE FUNCTION h3(int, int) RETURNS int LANGUAGE sql AS 'SELECT 0'",
        "CREATE OPERATOR CLASS h4 DEFAULT FOR TYPE int USING btree AS FUNCTION 1 h3(int, int)",
    ),
    wish(
        "a cast for everybody",
        "CREATE FUNCTION h5(int) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
        "CREATE CAST (int AS text) WITH FUNCTION h5(int) AS IMPLICIT",
    ),
    wish("drop an extension that it does not own", "DROP EXTENSION plpgsql"),
    wish("vacuum what is not its own", "VACUUM FULL pg_class", "SELECT pg_reload_conf()"),
)

SPOKEN = (
    Hostile(
        "a message that draws on the terminal",
        ("DO $$ BEGIN RAISE E'\\x1b]0;owned\\x07\\x1b[2J%', repeat(E'\\x1b[31m', 100000); END $$",),
        (REFUSED,),
    ),
    Hostile(
        "names that draw on the terminal",
        ('CREATE TABLE U&"\\001b[31m\\202e\\000a::error::x" (U&"\\001b[2J" int)', "SELECT 1 / 0"),
        (REFUSED,),
    ),
    Hostile("its own end", ("SELECT pg_terminate_backend(pg_backend_pid())",), (CONNECTION,)),
    Hostile("a transaction left open", ("BEGIN", "CREATE TABLE i1 (a int)"), (None,)),
    Hostile("rows from nowhere", ("CREATE TABLE i2 (a int)", "COPY i2 FROM STDIN"), (REFUSED,)),
    Hostile(
        "Prisma's lock and ours",
        (
            "SELECT pg_advisory_lock(72707369)",
            "SELECT pg_advisory_lock(a) FROM generate_series(1, 500) a",
        ),
        (None,),
    ),
    Hostile("an unknown encoding", ("SET client_encoding = 'EUC_TW'", "SELECT 1 / 0"), (REFUSED,)),
    Hostile(
        "names of a catalogue that it made up",
        (
            "CREATE TEMP TABLE pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false",
            "CREATE TEMP VIEW pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE false",
        ),
        (None,),
    ),
)

BOMBS = (
    bomb("sleep without end", "SELECT pg_sleep(1000)"),
    bomb(
        "an index that sleeps",
        "CREATE FUNCTION j1(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(1000); RETURN 1; END $$",
        "CREATE TABLE j2 AS SELECT 1 AS a",
        "CREATE INDEX CONCURRENTLY ON j2 (j1(a))",
    ),
    bomb(
        "a recursion without end",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT count(*) FROM r",
        ends=(TIME, DISK),
    ),
    bomb(
        "a regular expression",
        "SELECT count(repeat('ab', 500) ~ '^(a|b|ab)*(ab|ba|a|b)*\\1\\2d$') "
        "FROM generate_series(1, 100000000)",
        ends=(TIME, MEMORY, DISK),
    ),
    bomb(
        "rows without end",
        "SELECT repeat('x', 10000) FROM generate_series(1, 1000000000)",
        ends=(TIME, DISK),
    ),
    bomb(
        "copied rows without end",
        "COPY (SELECT repeat('x', 10000) FROM generate_series(1, 1000000000)) TO STDOUT",
        ends=(TIME, DISK),
    ),
    bomb(
        "notices without end",
        "DO $$ BEGIN LOOP RAISE NOTICE '%', repeat('x', 10000); END LOOP; END $$",
    ),
    bomb(
        "notifications without end",
        "LISTEN k1",
        "DO $$ BEGIN LOOP PERFORM pg_notify('k1', gen_random_uuid() || repeat('x', 7900)); "
        "END LOOP; END $$",
        ends=(TIME, MEMORY, REFUSED),
    ),
    bomb(
        "what is put off to the end of the transaction",
        "CREATE TABLE j3 (a int)",
        "CREATE FUNCTION j4() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN SET LOCAL statement_timeout = 0; PERFORM pg_sleep(1000); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER j5 AFTER INSERT ON j3 DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION j4()",
        "INSERT INTO j3 VALUES (1)",
        together=True,
    ),
    bomb(
        "a function that calls itself",
        "CREATE FUNCTION j6(int) RETURNS int LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN j6($1 + 1); END $$",
        "SELECT j6(1)",
        ends=(REFUSED, TIME),
    ),
    bomb("brackets", f"SELECT {'(' * 50_000}1{')' * 50_000}", ends=(REFUSED,)),
    bomb(
        "an array of half the memory and again",
        "SELECT array_fill(0::bigint, ARRAY[60000000]) || array_fill(0::bigint, ARRAY[60000000])",
        ends=(MEMORY, REFUSED, TIME),
    ),
    bomb(
        "a value of all the memory",
        "DO $$ DECLARE a text := 'x'; b text[]; BEGIN a := repeat(a, 200000000); "
        "LOOP b := b || a; END LOOP; END $$",
        ends=(MEMORY, REFUSED, TIME),
    ),
    bomb(
        "locks without end",
        "DO $$ BEGIN FOR i IN 1 .. 1000000 LOOP PERFORM pg_advisory_lock(i); END LOOP; END $$",
        ends=(REFUSED, TIME),
    ),
    bomb(
        "a sort of everything",
        "SELECT a FROM generate_series(1, 10000000000) a ORDER BY md5(a::text)",
        ends=(DISK, TIME),
    ),
)

# None of these can hurt the server for the next one, if the limits hold.
SHARED = (*PROGRAMS, *FILES, *SERVER, *ROLES, *CATALOGUE, *SPOKEN, *BOMBS)

# Each of these may leave something behind in its database, or take its server along.
ALONE = (
    Hostile(
        "settings that would keep others out",
        (
            "ALTER DATABASE {database} CONNECTION LIMIT 0",
            "ALTER DATABASE {database} SET local_preload_libraries = 'nowhere'",
            "ALTER DATABASE {database} SET idle_session_timeout = 1",
            "DO $$ BEGIN ALTER DATABASE {database} SET transaction_timeout = 1; "
            "EXCEPTION WHEN undefined_object THEN NULL; END $$",
            "ALTER DATABASE {database} SET statement_timeout = 1",
            "ALTER DATABASE {database} SET lock_timeout = 1",
            "ALTER DATABASE {database} SET default_transaction_read_only = on",
        ),
        (None,),
    ),
    Hostile(
        "settings that would change what others see",
        (
            "ALTER DATABASE {database} SET quote_all_identifiers = on",
            "ALTER DATABASE {database} SET client_encoding = 'LATIN1'",
            "ALTER DATABASE {database} SET DateStyle = 'SQL, DMY'",
            "ALTER DATABASE {database} SET IntervalStyle = 'iso_8601'",
            "ALTER DATABASE {database} SET bytea_output = 'escape'",
            "ALTER DATABASE {database} SET standard_conforming_strings = off",
            "ALTER DATABASE {database} SET extra_float_digits = -15",
            "ALTER DATABASE {database} SET transform_null_equals = on",
            "ALTER DATABASE {database} SET TimeZone = 'Asia/Kathmandu'",
            "ALTER DATABASE {database} SET work_mem = '64kB'",
        ),
        (None,),
    ),
    Hostile(
        "functions and operators that shadow the catalogue's",
        (
            "CREATE SCHEMA evil",
            "CREATE FUNCTION evil.spring() RETURNS void LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO public.caught VALUES (current_user); "
            "EXCEPTION WHEN OTHERS THEN NULL; END $$",
            "CREATE FUNCTION evil.pg_get_indexdef(oid) RETURNS text LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM evil.spring(); RETURN 'a lie'; END $$",
            "CREATE FUNCTION evil.format_type(oid, int) RETURNS text LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM evil.spring(); RETURN 'a lie'; END $$",
            "CREATE FUNCTION evil.pg_terminate_backend(int) RETURNS bool LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM evil.spring(); RETURN true; END $$",
            "CREATE FUNCTION evil.same(oid, oid) RETURNS bool LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM evil.spring(); RETURN false; END $$",
            "CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.same)",
            "CREATE OPERATOR evil.<> (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.same)",
            "CREATE VIEW evil.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false",
            "CREATE VIEW evil.pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE false",
            "ALTER DATABASE {database} SET search_path = evil, pg_catalog, public",
            "ALTER ROLE {role} SET search_path = evil, pg_catalog, public",
        ),
        (None,),
    ),
    Hostile(
        "code that waits for somebody mightier",
        (
            "CREATE FUNCTION public.spring(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO public.caught VALUES (current_user); RETURN $1; END $$",
            "CREATE TABLE bait (a int DEFAULT public.spring(1) CHECK (public.spring(a) > 0))",
            "INSERT INTO bait SELECT a FROM generate_series(1, 50) a",
            "CREATE INDEX ON bait (public.spring(a))",
            "CREATE STATISTICS bait_s ON (public.spring(a)), a FROM bait",
            "ALTER TABLE bait ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            "CREATE POLICY p ON bait USING (public.spring(a) > 0)",
            "CREATE VIEW bait_view AS SELECT public.spring(a) FROM bait",
            "CREATE MATERIALIZED VIEW bait_kept AS SELECT public.spring(a) FROM bait",
            "CREATE RULE bait_rule AS ON DELETE TO bait DO ALSO SELECT public.spring(1)",
            "CREATE FUNCTION bait_trigger() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM public.spring(1); RETURN NEW; END $$",
            "CREATE TRIGGER bait_trigger BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON bait "
            "EXECUTE FUNCTION bait_trigger()",
        ),
        (None, REFUSED),
    ),
    Hostile(
        "a trap for the script of an extension",
        (
            "CREATE SCHEMA lair",
            "CREATE FUNCTION lair.spring(text, text) RETURNS bool LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO public.caught VALUES (current_user); RETURN true; END $$",
            "CREATE OPERATOR lair.= (LEFTARG = text, RIGHTARG = text, FUNCTION = lair.spring)",
            "CREATE FUNCTION lair.lower(text) RETURNS text LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM lair.spring('', ''); RETURN $1; END $$",
            "SET search_path = lair, public",
            "CREATE EXTENSION citext SCHEMA lair",
            "CREATE EXTENSION hstore SCHEMA lair",
        ),
        (None,),
    ),
    bomb(
        "tables without end",
        "DO $$ BEGIN FOR i IN 1 .. 1000000 LOOP "
        "EXECUTE format('CREATE TABLE many_%s (a int PRIMARY KEY)', i); END LOOP; END $$",
        ends=(REFUSED, TIME, DISK),
    ),
    bomb(
        "a table without end",
        "CREATE UNLOGGED TABLE big AS SELECT repeat(md5(a::text), 50) FROM "
        "generate_series(1, 1000000000) a",
        ends=(DISK, TIME),
    ),
    bomb(
        "large objects without end",
        "DO $$ BEGIN LOOP PERFORM lo_from_bytea(0, convert_to(repeat(md5(random()::text), 10000), "
        "'UTF8')); END LOOP; END $$",
        ends=(DISK, TIME),
    ),
    bomb(
        "a loop that catches being cancelled",
        "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1000); "
        "EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$",
    ),
)
