"""Files that are at our own bookkeeping, on real servers: what is recorded is what was run."""

import secrets
from dataclasses import replace

import psycopg
import pytest

from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import STAGING, Rollout

pytestmark = pytest.mark.slow

INIT = migration("20260101000000_init", "CREATE TABLE a (id int, n int)")
MIDDLE = "20260102000000_middle"
LAST = "20260103000000_last"
FUNCTION = "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {} END$$;"
TRIGGER = "CREATE TRIGGER t {} ON _prisma_migrations {} EXECUTE FUNCTION meddle()"
EACH = "FOR EACH ROW"
BUILD = "CREATE INDEX CONCURRENTLY a_n ON a (n);\nCREATE TABLE b ()"


def trigger(when: str, body: str, how: str = EACH) -> str:
    return FUNCTION.format(body) + TRIGGER.format(when, how)


def recorded(database: str) -> list[str]:
    rows = ask(
        database,
        "SELECT migration_name FROM _prisma_migrations "
        "WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1",
    )
    return [name for (name,) in rows]


SWALLOWING = {
    "a trigger that swallows it": trigger("BEFORE INSERT OR UPDATE", "RETURN NULL;"),
    "a trigger that changes it": trigger(
        "BEFORE INSERT OR UPDATE", "NEW.checksum = 'x'; NEW.logs = 'x'; RETURN NEW;"
    ),
    "a trigger that renames it": trigger("BEFORE INSERT", "NEW.id = 'x'; RETURN NEW;"),
    "a trigger that takes it away again": trigger(
        "AFTER INSERT OR UPDATE",
        "DELETE FROM _prisma_migrations WHERE id = NEW.id; RETURN NULL;",
    ),
    "a trigger that does so at COMMIT": FUNCTION.format(
        "DELETE FROM _prisma_migrations WHERE id = NEW.id; RETURN NULL;"
    )
    + "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON _prisma_migrations "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meddle()",
    "rules": "CREATE RULE r AS ON INSERT TO _prisma_migrations DO INSTEAD NOTHING;"
    "CREATE RULE s AS ON UPDATE TO _prisma_migrations DO INSTEAD NOTHING",
}


@pytest.mark.parametrize("odd", SWALLOWING.values(), ids=SWALLOWING.keys())
def test_a_row_that_is_not_kept_takes_its_migration_with_it(database: str, odd: str) -> None:
    made = (INIT, migration(MIDDLE, f"CREATE TABLE b ();\n{odd}"))

    with pytest.raises(HistoryError, match="does not keep the row of this migration") as error:
        Rollout(database, made).run()

    assert error.value.message.startswith(MIDDLE)
    assert "a trigger, a rule or row level security" in error.value.hint
    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('b') IS NULL") == [(True,)]


@pytest.mark.parametrize("odd", SWALLOWING.values(), ids=SWALLOWING.keys())
@pytest.mark.parametrize("sql", ["CREATE TABLE b ()", BUILD])
def test_what_an_earlier_hand_has_left_there_stops_it_the_same(
    database: str, odd: str, sql: str
) -> None:
    Rollout(database, (INIT,)).run()
    ask(database, odd)

    with pytest.raises(HistoryError, match=r"does not keep the row|changed by somebody else"):
        Rollout(database, (INIT, migration(MIDDLE, sql))).run()

    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('b') IS NULL, to_regclass('a_n') IS NULL") == [
        (True, True)
    ]


FIRST = f"WHERE migration_name = '{INIT.name}'"
OTHERS = {
    "deleted": (f"DELETE FROM _prisma_migrations {FIRST}", [INIT.name]),
    "deleted by another spelling": (
        f'DELETE FROM public."_prisma_migrations" {FIRST}',
        [INIT.name],
    ),
    "edited": ("UPDATE _PRISMA_migrations SET checksum = 'x'", [INIT.name]),
    "rolled back": (f"UPDATE _prisma_migrations SET rolled_back_at = now() {FIRST}", [INIT.name]),
    "made up": (
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) "
        f"VALUES ('x', 'x', '{LAST}', now())",
        [LAST],
    ),
}


@pytest.mark.parametrize(("sql", "names"), OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("mixed", ["", f"\nCOMMIT;\n{BUILD}"], ids=["whole", "mixed"])
def test_a_file_that_is_at_the_rows_of_others_leaves_nothing_and_is_told_whose(
    database: str, sql: str, names: list[str], mixed: str
) -> None:
    odd = migration(MIDDLE, f"CREATE TABLE c ();\n{sql};{mixed}")

    with pytest.raises(HistoryError, match="It changes what _prisma_migrations says of") as error:
        Rollout(database, (INIT, odd, migration(LAST))).run()

    assert all(name in error.value.message for name in (MIDDLE, *names))
    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('c') IS NULL") == [(True,)]


@pytest.mark.parametrize("mixed", ["", f";\nCOMMIT;\n{BUILD}"], ids=["whole", "mixed"])
def test_so_is_one_that_does_it_behind_our_back(database: str, mixed: str) -> None:
    hidden = "DO $$BEGIN EXECUTE 'DELETE FROM _prisma' || '_migrations WHERE logs IS NULL'; END$$"
    odd = migration(MIDDLE, f"CREATE TABLE c ();\n{hidden}{mixed}")

    with pytest.raises(HistoryError, match=r"rows of other migrations .* were added, deleted or"):
        Rollout(database, (INIT, odd)).run()

    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('c') IS NULL") == [(True,)]


def test_a_checksum_that_is_edited_behind_our_back_is_told_at_the_end(database: str) -> None:
    hidden = "DO $$BEGIN EXECUTE 'UPDATE _prisma' || '_migrations SET checksum = 1'; END$$"
    Rollout(database, (INIT,)).run()

    with pytest.raises(HistoryError, match=f"was changed for {INIT.name}, which had been applied"):
        Rollout(database, (INIT, migration(MIDDLE, hidden))).run()

    with pytest.raises(HistoryError, match="edited after it was applied"):
        Rollout(database, (INIT, migration(MIDDLE, hidden))).run()


OWN = f"DELETE FROM _prisma_migrations WHERE migration_name = '{MIDDLE}'"


def test_a_file_that_takes_its_own_row_away_is_not_gone_on_with(database: str) -> None:
    odd = migration(MIDDLE, f"CREATE TABLE c ();\nCOMMIT;\n{OWN};\n{BUILD}")

    for _ in range(2):
        with pytest.raises(HistoryError, match="changed by somebody else, or by the migration"):
            Rollout(database, (INIT, odd)).run()

    assert ask(database, "SELECT to_regclass('c') IS NULL, to_regclass('b') IS NULL") == [
        (False, True)
    ]
    mended = migration(MIDDLE, f"CREATE TABLE c ();\nCOMMIT;\n{BUILD}")
    Rollout(database, (INIT, mended)).run()
    assert recorded(database) == [INIT.name, MIDDLE]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE _prisma_migrations ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON _prisma_migrations TO PUBLIC",
        "DELETE FROM _prisma_migrations WHERE migration_name = 'of long ago'",
        "CREATE INDEX ON _prisma_migrations (migration_name)",
        OWN,
        trigger("AFTER INSERT", "INSERT INTO a VALUES (7); RETURN NULL;"),
        "CREATE SCHEMA aside; SET search_path = aside, pg_catalog; "
        "CREATE FUNCTION aside.no(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false'; "
        "CREATE OPERATOR aside.= (FUNCTION = aside.no, LEFTARG = text, RIGHTARG = text)",
        "SET session_replication_role = replica",
        "SET row_security = off",
        "SET backslash_quote = on",
        "SET standard_conforming_strings = on",
        "SELECT set_config('client_encoding', 'UTF8', false), 'ü'",
        "SET transaction_read_only = off",
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE; SELECT 1; COMMIT",
        "SET lock_timeout = 0; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT",
    ],
)
def test_what_does_the_rows_no_harm_is_let_through(database: str, sql: str) -> None:
    after = migration(LAST, "CREATE TABLE b ()")

    Rollout(database, (INIT, migration(MIDDLE, sql), after)).run()

    assert recorded(database) == [INIT.name, MIDDLE, LAST]


def test_row_level_security_that_a_file_forces_on_us_is_refused(database: str) -> None:
    role = f"owner_{secrets.token_hex(4)}"
    owner = database.replace(f"//{parse_url(database).user}", f"//{role}", 1)
    ask(database, f"CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}")
    forced = "ALTER TABLE _prisma_migrations {}ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    write = "CREATE POLICY p ON _prisma_migrations FOR INSERT WITH CHECK (true)"

    Rollout(owner, (INIT,)).run()
    with pytest.raises(PostgresError, match=r"did not let me record it: .*row-level security"):
        Rollout(owner, (INIT, migration(MIDDLE, forced.format("")))).run()
    hidden = migration(MIDDLE, f"{write}; {forced.format('')}")
    with pytest.raises(HistoryError, match=r"does not keep the row|changes what"):
        Rollout(owner, (INIT, hidden)).run()

    assert recorded(database) == [INIT.name]
    ask(database, f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}")
    ask(database, f"DROP ROLE {role}")


SEEN = (
    "INSERT INTO seen SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),"
    " current_setting('idle_in_transaction_session_timeout')"
)
SEEN_IN = "CREATE TABLE seen (a text, b text, c text)"
LIFTING = [
    "SET lock_timeout = 0",
    "SET LOCAL lock_timeout = '1h'",
    'SET "Lock_Timeout" TO DEFAULT',
    "RESET lock_timeout",
    "RESET ALL",
    "SELECT set_config('lock_timeout', '0', false)",
    "SELECT set_config('lock' || '_timeout', '0', true)",
    "DO $$BEGIN SET lock_timeout = 0; SET statement_timeout = 0; END$$",
    "CREATE FUNCTION lift() RETURNS text LANGUAGE sql AS "
    "$$SELECT set_config('lock_timeout', '0', false)$$; SELECT lift()",
    "CREATE PROCEDURE lift() LANGUAGE plpgsql AS $$BEGIN RESET ALL; END$$; CALL lift()",
    "PREPARE lift AS SELECT set_config('lock_timeout', '0', false); EXECUTE lift",
    "SAVEPOINT s; SET lock_timeout = 0; ROLLBACK TO s",
    "SET statement_timeout = 0; SET lock_timeout = '2min'",
    "INSERT INTO seen SELECT 'x' WHERE set_config('lock_timeout', '0', true) = 'x'",
    "SET idle_in_transaction_session_timeout = 0",
]


@pytest.mark.parametrize("sql", LIFTING)
def test_no_file_waits_longer_for_a_lock_than_its_target_lets_it(database: str, sql: str) -> None:
    target = replace(STAGING, statement_timeout=30_000)

    Rollout(database, (migration(MIDDLE, f"{SEEN_IN};\n{sql};\n{SEEN}"),), target).run()

    assert ask(database, "TABLE seen") == [("100ms", "30s", "1min")]


@pytest.mark.parametrize(
    ("sql", "lock", "statement"),
    [
        ("SET lock_timeout = 7", "7ms", "0"),
        ("SET LOCAL lock_timeout = '0.05s'", "50ms", "0"),
        ("SELECT set_config('lock_timeout', '99', true)", "99ms", "0"),
        ("SET statement_timeout = '1h'", "100ms", "1h"),
        ("SET search_path = public; SELECT 1", "100ms", "0"),
    ],
)
def test_a_file_may_be_content_with_less(
    database: str, sql: str, lock: str, statement: str
) -> None:
    Rollout(database, (migration(MIDDLE, f"{SEEN_IN};\n{sql};\n{SEEN}"),)).run()

    assert ask(database, "TABLE seen") == [(lock, statement, "1min")]


def test_what_is_sent_between_its_statements_does_not_shift_the_line_of_an_error(
    database: str,
) -> None:
    sql = "SELECT 1;\nSET lock_timeout = 0;\nSELECT 2;\nRESET ALL;\nSELECT 1 / 0;\nSELECT 3"

    with pytest.raises(PostgresError, match=r"line 5: .*division by zero"):
        Rollout(database, (migration(MIDDLE, sql),)).run()


READ_OTHERWISE = [
    r"INSERT INTO t VALUES ('a\b')",
    r"SELECT 1; INSERT INTO t VALUES ('\'), (', (SELECT 1)) --')",
    r"SET standard_conforming_strings = 1; SET standard_conforming_strings = off; SELECT '\n'",
    r"SET standard_conforming_strings TO DEFAULT; SELECT '\n'",
]
READ_THE_SAME = [
    r"INSERT INTO t VALUES (E'a\\b'), ($$a\b$$), ('a/b')",
    r"SET standard_conforming_strings = on; INSERT INTO t VALUES ('a\b')",
    r"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT E'\\d'$$ -- '\'",
]


TABLE = migration("20260101000000_t", "CREATE TABLE t (s text)")


def switched(database: str) -> None:
    name = parse_url(database).database
    ask(database, f"ALTER DATABASE {name} SET standard_conforming_strings = off")


@pytest.mark.parametrize("sql", READ_OTHERWISE)
def test_what_the_server_would_read_otherwise_than_we_is_refused_before_anything_is_written(
    database: str, sql: str
) -> None:
    switched(database)

    with pytest.raises(PostgresError, match="a string holds a backslash") as error:
        Rollout(database, (TABLE, migration(LAST, sql))).run()

    assert f"{LAST}, line 1" in error.value.message
    assert "E'…'" in error.value.hint
    assert ask(database, "SELECT to_regclass('_prisma_migrations'), to_regclass('t')") == [
        (None, None)
    ]


@pytest.mark.parametrize("sql", READ_THE_SAME)
def test_what_it_reads_as_we_do_is_let_through(database: str, sql: str) -> None:
    switched(database)

    Rollout(database, (TABLE, migration(MIDDLE, sql))).run()

    assert recorded(database) == [TABLE.name, MIDDLE]
    assert ask(database, r"SELECT count(*) FROM t WHERE s NOT IN ($$a\b$$, 'a/b')") == [(0,)]


def test_what_is_checked_at_the_end_waits_no_longer_either(database: str) -> None:
    sql = (
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);"
        "CREATE TABLE c (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED)"
    )
    Rollout(database, (migration(MIDDLE, sql),)).run()
    target = replace(STAGING, lock_budget=100)
    late = migration(LAST, "INSERT INTO c VALUES (1); SET lock_timeout = 0")

    with psycopg.connect(database) as other:
        other.execute("SELECT FROM p FOR UPDATE")
        with pytest.raises(PostgresError, match="did not get its locks"):
            Rollout(database, (migration(MIDDLE, sql), late), target).run()

    assert ask(database, "TABLE c") == []
