"""Whatever is rehearsed, the review ends with the right finding and the rest of it stands."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.findings.finding import Finding
from bot.core.findings.review import Review
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Limits, Order
from bot.core.schemas.touched import Reference
from bot.core.settings import RehearsalSettings, Settings
from bot.report.comment.schema_diagram import schema_diagram
from tests.rehearsals import NoRehearsals, RealRehearsals, rehearsed_review

TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);"
# Seen in the text alone, and to be seen still, whatever the rehearsal comes to.
RISKY = "CREATE INDEX orders_total ON orders (total);"
STATIC = "index-create-blocking"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def limited(**limits: float) -> Settings:
    chosen = replace(Limits(statement=5.0, total=60.0), **limits)  # type: ignore[arg-type]
    return Settings(rehearsal=RehearsalSettings(limits=chosen))


def rules(review: Review) -> set[str]:
    return {each.rule for each in review.all_findings}


def found(review: Review, rule: str) -> Finding:
    (finding,) = (each for each in review.all_findings if each.rule == rule)
    assert finding.fix
    return finding


def rehearsal(review: Review) -> Rehearsal:
    assert review.rehearsal is not None
    return review.rehearsal


QUICK = {
    "is refused": ("ALTER TABLE nowhere ADD n int;", "rehearsal-failed", "nowhere"),
    "never ends": (
        "DO $$ BEGIN LOOP NULL; END LOOP; END $$;",
        "rehearsal-limit",
        "did not end in the time",
    ),
    "needs an extension that is not there": (
        "CREATE EXTENSION timescaledb;",
        "rehearsal-incomplete",
        "timescaledb",
    ),
    "cannot be parsed": ("CREATE TABEL t (id int);", "syntax-error", "syntax error"),
}
SLOW = {
    "takes the lock of rollouts": (
        "SELECT pg_advisory_lock(72707369);",
        "rehearsal-limit",
        "did not end in the time",
    ),
    "needs a superuser": (
        "ALTER SYSTEM SET work_mem = '1GB';",
        "rehearsal-incomplete",
        "permission denied",
    ),
    "ends its own connection": (
        "SELECT pg_terminate_backend(pg_backend_pid());",
        "rehearsal-limit",
        "terminating connection",
    ),
    "rolls itself back": ("BEGIN; SELECT 1; ROLLBACK;", "rehearsal-incomplete", "ROLLBACK"),
    "ends the transaction in a block": (
        "CREATE PROCEDURE ends() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'; CALL ends();",
        "rehearsal-failed",
        "invalid transaction termination",
    ),
    "fills the disk": (
        "CREATE TABLE big AS SELECT repeat(md5(n::text), 100) t FROM generate_series(1, 9e6) n;",
        "rehearsal-limit",
        "filled the disk",
    ),
    "ends every other connection": (
        "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity; END $$;",
        "rehearsal-incomplete",
        "permission denied to terminate process",
    ),
    "becomes another role": ("SET ROLE postgres;", "rehearsal-incomplete", "permission denied"),
}


def check(text: str, rule: str, words: str, cache: Path) -> None:
    patience = 1.5 if "LOOP" in text or "advisory" in text else 30.0
    settings = limited(statement=patience, disk=250_000_000)
    review = rehearsed_review(RISKY, text, before=[TABLE], cache=cache, settings=settings)
    assert words in found(review, rule).message
    assert STATIC in rules(review)
    first = rehearsal(review).migrations[0]
    assert first.refused is None
    assert first.measured(0) is not None
    assert rehearsal(review).problem == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_bad_migration_ends_in_a_finding_of_its_kind(name: str, cache: Path) -> None:
    check(*QUICK[name], cache)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_worse_migration_ends_in_a_finding_of_its_kind(name: str, cache: Path) -> None:
    check(*SLOW[name], cache)


def test_whoever_takes_the_lock_of_rollouts_is_told_what_holds_it(cache: Path) -> None:
    sql = "SELECT pg_advisory_lock(72707369);"
    review = rehearsed_review(sql, cache=cache, settings=limited(statement=1.0))
    assert "Take another number" in found(review, "rehearsal-limit").fix


OLD = TABLE.replace("orders", "old")


@dataclass
class Losing(RealRehearsals):
    """On a server that goes down when it says how far the rehearsal is."""

    at_text: str = ""
    ended: bool = False

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        there = postmasters()

        def hear(text: str) -> None:
            if text.startswith(self.at_text) and not self.ended:
                self.ended = True
                for pid in postmasters() - there:
                    os.kill(pid, signal.SIGQUIT)

        environ = {"MIGRATION_BOT_CACHE": str(self.cache), "PATH": "/usr/bin:/bin"}
        return rehearse(order, environ=environ, note=hear)


def postmasters() -> set[int]:
    """The servers on this machine that this process has started, through their wardens."""
    found = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = each.read_text().partition(") ")
            found[int(each.parent.name)] = (int(rest.split()[1]), name.partition("(")[2])
    mine = {pid for pid, (parent, _) in found.items() if parent == os.getpid()}
    return {pid for pid, (parent, name) in found.items() if name == "postgres" and parent in mine}


HARMLESS = {
    "empty": "",
    "comments only": "-- nothing yet\n/* nor here */\n",
    "a transaction left open": "BEGIN; CREATE TABLE left_open (id int);",
    "search_path and roles": "SET search_path = nowhere; SET ROLE NONE; RESET ROLE;",
    "sixty statements": "".join(f"CREATE TABLE t{n} (id int);\n" for n in range(60)),
    "hostile names": 'CREATE TABLE "a; DROP TABLE ""orders""; --\'$$%s{}\t`<b>" (" \\" int);',
}


def test_what_is_odd_and_harmless_is_run_and_does_not_reach_the_next(cache: Path) -> None:
    review = rehearsed_review(*HARMLESS.values(), TABLE, cache=cache)
    ran = rehearsal(review).migrations
    assert [each.refused for each in ran] == [None] * (len(HARMLESS) + 1)
    assert [len(each.statements) for each in ran] == [0, 0, 1, 3, 60, 1, 1]
    assert all(one.measured for each in ran for one in each.statements)
    assert ran[-1].changes.lines == ("added table public.orders (2 columns)",)
    assert ran[5].changes.lines[0].startswith('added table public."a; DROP TABLE')


HISTORIES = {
    "the server says where": (
        "CREATE TABLE a (id int);\n\nALTER TABLE nowhere\n  ADD n int;\n",
        3,
        'relation "nowhere" does not exist',
    ),
    "it is found by a second try": (
        "CREATE TABLE a (id int);\n-- why\nINSERT INTO a VALUES (1);\nSELECT 1 / (id - 1) FROM a;",
        4,
        "division by zero",
    ),
    "it needs an extension": (
        "CREATE TABLE a (id int);\nCREATE EXTENSION timescaledb;",
        2,
        "timescaledb",
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_that_does_not_replay_is_named_with_its_line(name: str, cache: Path) -> None:
    sql, line, words = HISTORIES[name]
    review = rehearsed_review(RISKY, before=[TABLE, sql, "SELECT 1"], cache=cache)
    finding = found(review, "rehearsal-history-failed")
    assert f"20240101000001_old, line {line}: " in finding.message
    assert words in finding.message
    refused = rehearsal(review).base.refused
    assert refused is not None
    assert (refused.line, bool(refused.refusal.hint)) == (line, True)
    assert STATIC in rules(review)
    assert rehearsal(review).migrations == ()


def test_a_history_that_never_ends_is_ended(cache: Path) -> None:
    endless = "CREATE TABLE a ();\nDO $$ BEGIN LOOP NULL; END LOOP; END $$;"
    review = rehearsed_review(
        RISKY, before=[TABLE, endless], cache=cache, settings=limited(statement=1.0)
    )
    refused = rehearsal(review).base.refused
    assert refused is not None
    assert (refused.refusal.stop, refused.line) == (Stop.TIME, 2)
    assert STATIC in rules(review)


def test_without_a_server_it_is_a_notice_and_the_rest_of_the_review_stands(cache: Path) -> None:
    review = rehearsed_review(RISKY, before=[TABLE], cache=cache, rehearsals=NoRehearsals())
    assert "No PostgreSQL server was found" in found(review, "not-rehearsed").message
    assert found(review, "not-rehearsed").fix == "Install one."
    assert STATIC in rules(review)


@pytest.mark.parametrize(
    ("down", "words"),
    [
        ("DROP TABEL orders;", "down.sql cannot be run: down.sql of 20240201000000_new, line 1"),
        ("DROP TABLE orders; ROLLBACK;", "down.sql cannot be run: "),
        ("DO $$ BEGIN LOOP NULL; END LOOP; END $$;", "did not end in the time"),
    ],
    ids=["unreadable", "with a transaction of its own", "endless"],
)
def test_a_bad_down_leaves_its_migration_rehearsed(down: str, words: str, cache: Path) -> None:
    text = f"{TABLE}\n-- down.sql\n{down}"
    review = rehearsed_review(text, cache=cache, settings=limited(statement=1.0))
    assert words in found(review, "down-script-wrong").message
    (migration,) = rehearsal(review).migrations
    assert migration.refused is None
    assert migration.changes.lines == ("added table public.orders (2 columns)",)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("running 20240201000000", id="the first", marks=pytest.mark.slow),
        pytest.param("running 20240201000001", id="the second"),
        pytest.param("running down.sql", id="the way back", marks=pytest.mark.slow),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_server_that_is_lost_on_the_way_leaves_what_was_seen(at: str, cache: Path) -> None:
    lost = Losing(cache, at_text=at)
    text = f"{TABLE}\n-- down.sql\nDROP TABLE orders;"
    review = rehearsed_review(
        RISKY.replace("orders", "old"), text, before=[OLD], cache=cache, rehearsals=lost
    )
    assert lost.ended
    assert STATIC in rules(review)
    assert rehearsal(review).server is not None
    assert rehearsal(review).migrations
    assert {"rehearsal-limit", "down-script-wrong"} & rules(review)


SHOP = """
CREATE TABLE "User" (id bigint PRIMARY KEY, email text);
CREATE TABLE beside (id bigint PRIMARY KEY, "userId" bigint REFERENCES "User" (id));
CREATE TABLE other (id bigint PRIMARY KEY);
CREATE TABLE gone (id int);
"""
ORDERS = """
CREATE TABLE "odd.orders" (
  id bigint PRIMARY KEY,
  "userId" bigint NOT NULL UNIQUE REFERENCES "User" (id)
);
DROP TABLE gone;
"""
WIDER = 'ALTER TABLE "User" ALTER COLUMN email TYPE varchar(320), ADD COLUMN name text;'


@pytest.mark.slow
def test_the_tables_that_the_migrations_touch_are_known_from_what_they_made(cache: Path) -> None:
    """As the server tells of them: quoted names, constraints in its words, and from the schema
    before the first migration to that after the last."""
    review = rehearsed_review(ORDERS, WIDER, before=[SHOP], cache=cache, settings=limited())
    touched = rehearsal(review).touched
    tables = {each.identity: each for each in touched.tables}
    user = {each.name: each for each in tables["public.User"].columns}

    assert {name: (each.change, each.touched) for name, each in tables.items()} == {
        'public."odd.orders"': ("added", True),
        "public.User": ("", True),
        "public.beside": ("", False),
        "public.gone": ("removed", True),
    }
    assert (user["id"].primary, user["id"].change) == (True, "")
    assert (user["email"].type, user["email"].was) == ("character varying(320)", "text")
    assert user["name"].change == "added"
    assert set(touched.references) == {
        Reference('public."odd.orders"', "public.User", ("userId",), "added", False, True),
        Reference("public.beside", "public.User", ("userId",), optional=True),
    }
    assert schema_diagram(touched).startswith("erDiagram")


@pytest.mark.slow
def test_what_a_migration_that_was_stopped_did_is_touched_by_nothing(cache: Path) -> None:
    """The one before it stays: it ran to its end."""
    broken = "CREATE TABLE half (id int); ALTER TABLE nowhere ADD n int;"
    both = rehearsed_review(ORDERS, broken, before=[SHOP], cache=cache, settings=limited())
    alone = rehearsed_review(broken, before=[SHOP], cache=cache, settings=limited())

    names = {each.identity for each in rehearsal(both).touched.tables if each.touched}
    assert names == {'public."odd.orders"', "public.gone"}
    assert rehearsal(alone).touched.tables == ()
