"""Random rows, keys, conditions and batch sizes, and an end at any batch: what is left in the end
is what the plain statement leaves."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.batches import choose, key_of
from bot.adapters.postgres.target.opening import open_target
from bot.core.rollouts.batching import DataChange
from bot.core.rollouts.checkpoint import Checkpoint, Last, Note, Record
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.rollout.batches import BatchRun
from bot.rollout.locks import Locks
from bot.rollout.recovery import checkpoint_of
from bot.rollout.segments import Segment
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.sql.batching import read_batches
from bot.sql.changes import data_change
from bot.sql.parse import parse
from tests.fakes import FakeCheckout, history, world

STAGING = default_targets()["staging"]
ID = "00000000-0000-0000-0000-000000000000"
ROWS = 40
# The columns of a key, and an expression for the key of row i out of a shuffled order.
KEYS = {
    "int": ("id int", "i"),
    "negative bigint": ("id bigint", "i * 1000000000000 - 20000000000000"),
    "numeric": ("id numeric(12, 3)", "i / 7.0"),
    "float": ("id float8", "i / 3.0"),
    "uuid": ("id uuid", "md5(i::text)::uuid"),
    "text": ('id text COLLATE "C"', "chr(32 + i * 2) || 'é''\\'"),
    "text of the database": ("id text", "substr('aÀbBcDeÉfgHiJkLmßäöüAOUE', i % 24 + 1, 1) || i"),
    "text by characters": ('id text COLLATE "ucs_basic"', "chr(64 + i) || i"),
    "padded": ("id char(9)", "'k ' || i"),
    "time": ("id timestamptz", "timestamptz '2026-03-29' + i * interval '17.000001 minutes'"),
    "day": ("id date", "date '0001-12-20 BC' + i * 13"),
    "bytea": ("id bytea", "decode(to_hex(i + 200), 'escape')"),
    "enum": ("id mood", "(enum_range(NULL::mood))[i]"),
    "interval": ("id interval", "i * interval '1 month -3 days'"),
    "two": ("id int, part text, PRIMARY KEY (id, part)", "i / 7, chr(65 + i % 7)"),
    "three": ("id int, p bool, q date, UNIQUE (p, q, id)", "i / 4, i % 2 = 0, date '2026-1-1' + i"),
}  # fmt: skip
CHANGES = [
    "UPDATE t SET n = n + 1",
    "UPDATE t SET n = n + 1 WHERE n < {a}",
    "UPDATE t SET n = NULL, s = coalesce(s, '') || n WHERE n BETWEEN {a} AND {b} OR s IS NULL",
    "UPDATE ONLY t AS u SET n = v.n FROM other v WHERE v.id = u.n AND v.n > {a} -- as it is",
    "UPDATE t SET (n, s) = (SELECT o.n, 'o' FROM other o WHERE o.id = t.n) WHERE t.n > {a}",
    "DELETE FROM t WHERE n IS NULL OR n > {a}",
    "DELETE FROM t u USING other o WHERE o.id = u.n AND o.n < {b}",
    "DELETE FROM t WHERE EXISTS (SELECT FROM other o WHERE o.id = n AND o.n <> {a})",
]


class Ended(BaseException):
    pass


@dataclass
class Case:
    """One table twice: `plain.t` for the plain statement, `t` for the batches."""

    key: str
    change: str
    size: int
    ends: tuple[int, ...]
    seed: int

    def made(self) -> Iterator[str]:
        columns, expression = KEYS[self.key]
        alone = "KEY" not in columns and "UNIQUE" not in columns
        moods = ", ".join(f"'m{i}'" for i in range(ROWS, 0, -1))
        yield f"CREATE TYPE mood AS ENUM ({moods})"
        yield "CREATE SCHEMA plain"
        yield f"SELECT setseed({self.seed % 1000 / 1000})"
        yield f"CREATE TABLE t ({columns}{' PRIMARY KEY' * alone}, n int, s text)"
        if "UNIQUE" in columns:
            yield "ALTER TABLE t ALTER id SET NOT NULL, ALTER p SET NOT NULL, ALTER q SET NOT NULL"
        yield (
            f"INSERT INTO t SELECT {expression}, nullif((random() * 9)::int, 4), "
            "CASE WHEN random() < 0.7 THEN 'x' END "
            f"FROM generate_series(1, {ROWS}) AS i WHERE random() < 0.9 ORDER BY random()"
        )
        yield "CREATE TABLE other AS SELECT i AS id, i % 5 AS n FROM generate_series(1, 9) AS i"
        yield "CREATE TABLE plain.t AS TABLE t"


def case(seed: int) -> Case:
    chosen = random.Random(seed)
    a, b = chosen.randint(0, 9), chosen.randint(0, 9)
    return Case(
        key=list(KEYS)[seed % len(KEYS)],
        change=chosen.choice(CHANGES).format(a=a, b=b),
        size=chosen.randint(1, 7),
        ends=tuple(chosen.randint(1, 5) for _ in range(chosen.randint(0, 4))),
        seed=seed,
    )


def run_in_batches(database: str, given: Case, ends: int | None) -> bool:
    """One run, ended at a batch, before or after its COMMIT; whether it came to its end."""
    text = f"-- migration-bot: batch size={given.size}\n{given.change}"
    statements = parse(text).statements
    found, problems = read_batches(text, statements)
    assert problems == ()
    segment = Segment(statements, transactional=True, batched=found[0])
    with open_target(STAGING, parse_url(database)) as opened:
        (row,) = opened.applied()
        if row.finished:
            return True
        at = Note(ID, checkpoint_of(row))
        here = world(FakeCheckout(history()))
        run = BatchRun(
            "m",
            segment,
            at,
            Locks((), "m", _ending(opened, ends), STAGING, here, Steps(Telling(STAGING, here))),
        )
        try:
            run.run(Last(ID, at.checkpoint.after(segment.digest)))
        except Ended:
            return False
    return True


def change_of(sql: str) -> DataChange:
    (statement,) = parse(sql).statements
    return data_change(statement)


def _ending(opened: Any, ends: int | None) -> Any:
    together, seen = opened.together, [0]

    def ending(texts: Sequence[str], record: Record, **more: Any) -> None:
        seen[0] += 1
        if seen[0] == ends and ends % 2:
            raise Ended
        together(texts, record, **more)
        if seen[0] == ends:
            raise Ended

    opened.together = ending
    return opened


def check(database: str, given: Case) -> None:
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        for statement in given.made():
            connection.execute(statement.encode())
    with open_target(STAGING, parse_url(database)) as opened:
        opened.create_table()
        opened.start(ID, "m", Checkpoint("c"))
    ended = [run_in_batches(database, given, each) for each in given.ends]
    assert any(ended) or run_in_batches(database, given, None)
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute("SET search_path = plain, public")
        connection.execute(given.change.encode())
        left = connection.execute(
            "(TABLE plain.t EXCEPT ALL TABLE public.t) UNION ALL "
            "(TABLE public.t EXCEPT ALL TABLE plain.t)"
        ).fetchall()
        row = connection.execute(
            "SELECT finished_at IS NOT NULL FROM _prisma_migrations"
        ).fetchone()
    assert (given, left) == (given, [])
    assert row == (True,)


@pytest.mark.parametrize("seed", range(4))
def test_batches_leave_what_the_plain_statement_leaves(database: str, seed: int) -> None:
    check(database, case(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 100))
def test_batches_leave_what_the_plain_statement_leaves_over_and_over(
    database: str, seed: int
) -> None:
    check(database, case(seed))


@pytest.mark.parametrize("style", ["SQL, DMY", "German", "Postgres, MDY"])
def test_a_key_of_times_does_not_follow_the_style_of_dates(database: str, style: str) -> None:
    change = change_of(CHANGES[0])
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        for statement in case(9).made():
            connection.execute(statement.encode())
        connection.execute(f"SET DateStyle = '{style}'; SET TimeZone = 'Europe/Berlin'".encode())
        key, after, rows = key_of(connection, change), None, 0
        assert key is not None
        while (chosen := choose(connection, change, key, after, 3)) is not None:
            batch = change.batch(key, after, chosen.last)
            rows += connection.execute(batch.encode()).rowcount
            after = chosen.last
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (rows,)


def test_the_cases_are_what_they_say() -> None:
    assert case(9).key == "time"
    assert {case(seed).key for seed in range(100)} == set(KEYS)
