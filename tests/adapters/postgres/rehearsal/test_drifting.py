"""A target set beside its history on a real server, and the scripts tried on a copy."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.rehearsal.drifting import compare
from bot.adapters.postgres.shape import shape_of
from bot.core.drift.look import Actual, Compared, DriftOrder
from bot.core.drift.policy import DriftPolicy
from bot.core.schemas.draft import Draft, DraftedStatement, Drafter
from bot.core.schemas.schema import Snapshot
from bot.core.settings import Settings
from bot.drafting.draft import draft
from bot.flows.reviewing.rehearsal_order import schema_order
from tests.fakes import migration

pytestmark = pytest.mark.slow

INIT = migration(
    "20260101000000_init",
    """
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE a (id int PRIMARY KEY, n int, at date);
    CREATE TABLE days (at date) PARTITION BY RANGE (at);
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
    ALTER TABLE a ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON a USING (id > 0);
    COMMENT ON TABLE a IS 'things';
    """,
)
# What somebody did by hand, and what is told of it.
BY_HAND = {
    "CREATE INDEX by_hand ON a (n)": "has besides: index public.a.by_hand",
    "ALTER TABLE a ALTER n TYPE bigint": "has otherwise: column public.a.n: type",
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'": (
        "has otherwise: function public.f()"
    ),
    "GRANT SELECT ON a TO PUBLIC": "has otherwise: grant relation public.a",
    "ALTER TYPE mood ADD VALUE 'glad'": "has otherwise: enum public.mood: labels",
    "DROP POLICY own ON a": "lacks policy public.a.own",
    "COMMENT ON TABLE a IS 'other'": "has otherwise: comment table public.a: text",
    "ALTER TABLE a OWNER TO pg_monitor": "has otherwise: owner relation public.a: role",
    "CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')": "",
}
# What only a superuser could do of a script: the copy has none.
UNPROVED = "OWNER TO pg_monitor"


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """With a cache of its own, so that the history is replayed once."""
    return {"HOME": str(tmp_path_factory.mktemp("home"))}


def drafting(record: str, mend: str) -> Drafter:
    """A drafter that knows its lines: first what records, then what mends."""
    texts = [record, mend]

    def draft(current: Snapshot, wanted: Snapshot) -> Draft:
        assert current != wanted
        return Draft((DraftedStatement(texts.pop(0)),))

    return draft


def looked(
    database: str,
    environ: Mapping[str, str],
    *by_hand: str,
    drafter: Drafter | None = None,
    sql: str = INIT.sql,
) -> Compared:
    with connect(database, application_name="test") as connection:
        connection.execute(INIT.sql.encode())
        for each in by_hand:
            connection.execute(each.encode())
        major = connection.info.server_version // 10_000
        there = Actual(shape_of(connection, None), major)
        linked = Actual(shape_of(connection, None, links=True), major)
    order = schema_order(
        [migration(INIT.name, sql)], (), Settings(), postgres=major, schema="public"
    )
    wanted = DriftOrder(order, there, DriftPolicy(), lambda: linked)
    return compare(wanted, drafter=drafter, environ=environ)


def lines(found: Compared) -> list[str]:
    assert found.problem == ""
    return [each.line for each in found.deviations.told]


def test_a_target_that_its_history_has_made_has_not_drifted(
    database: str, environ: Mapping[str, str]
) -> None:
    """Whoever owns it there, and whatever the role is called here."""
    assert lines(looked(database, environ)) == []


@pytest.mark.parametrize(("by_hand", "told"), BY_HAND.items(), ids=lambda text: text[:30])
@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_what_was_done_by_hand_is_told(
    database: str, environ: Mapping[str, str], by_hand: str, told: str
) -> None:
    found = looked(database, environ, by_hand, drafter=draft)

    said = lines(found)
    assert [each[: len(told)] for each in said] == [told] if told else said == []
    for script in (found.record, found.mend):
        if script is not None:
            assert script.proved is (UNPROVED not in by_hand), (script.sql, script.problem)


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_both_scripts_are_proved_on_a_copy(database: str, environ: Mapping[str, str]) -> None:
    by_hand = "GRANT SELECT ON a TO pg_monitor; CREATE INDEX by_hand ON a (n)"
    back = "REVOKE SELECT ON a FROM pg_monitor; DROP INDEX by_hand"

    found = looked(database, environ, by_hand, drafter=drafting(by_hand, back))

    assert found.record is not None
    assert found.mend is not None
    assert (found.record.problem, found.mend.problem) == ("", "")
    assert found.mend.sql == f"{back};\n"


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_a_column_that_went_and_came_back_keeps_no_script_from_being_proved(
    database: str, environ: Mapping[str, str]
) -> None:
    """It is told, and no statement changes it."""
    by_hand = "ALTER TABLE pair DROP COLUMN one; ALTER TABLE pair ADD COLUMN one int"
    more, less = "CREATE INDEX by_hand ON a (n)", "DROP INDEX by_hand"
    sql = f"{INIT.sql}\nCREATE TABLE pair (one int, two int);\n"

    found = looked(
        database,
        environ,
        "CREATE TABLE pair (one int, two int)",
        by_hand,
        more,
        drafter=drafting(more, less),
        sql=sql,
    )

    assert any("pair" in each and "position" in each for each in lines(found))
    for script in (found.record, found.mend):
        assert script is not None
        assert (script.problem, script.moved) == ("", ("public.pair",))


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_one_that_does_not_lead_there_says_so(database: str, environ: Mapping[str, str]) -> None:
    by_hand = "CREATE INDEX by_hand ON a (n)"
    half = looked(database, environ, by_hand, drafter=drafting(by_hand, "DROP TABLE days"))
    assert half.record is not None
    assert half.mend is not None
    assert half.record.proved
    assert "it leaves a difference: lacks table public.days (1 column), and 1 more" in (
        half.mend.problem
    )


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_without_a_copy_nothing_is_tried_on_one(database: str, environ: Mapping[str, str]) -> None:
    found = looked(
        database, environ, "DROP POLICY own ON a", drafter=drafting("SELECT 1/0", "SELECT 1")
    )
    assert found.record is not None
    assert found.mend is not None
    assert "PostgreSQL refused it: division by zero" in found.record.problem
    assert "no copy of the target" in found.mend.problem


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_a_role_that_only_the_target_has_is_there_for_the_length_of_it(
    database: str, environ: Mapping[str, str]
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE ROLE eve_by_hand")
    try:
        by_hand = "GRANT INSERT ON a TO eve_by_hand"
        back = "REVOKE INSERT ON a FROM eve_by_hand"
        found = looked(database, environ, by_hand, drafter=drafting(by_hand, back))
        assert found.mend is not None
        assert found.mend.problem == ""
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DROP OWNED BY eve_by_hand; DROP ROLE eve_by_hand")


@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_a_history_that_cannot_be_run_is_said(
    database: str, environ: Mapping[str, str], tmp_path: Path
) -> None:
    found = looked(database, environ, sql="SELECT 1/0;\n")
    assert "could not be run on the throw-away server: division by zero" in found.problem
