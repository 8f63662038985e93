"""Batches as a procedure: in which order things happen, and what the row says after each."""

import re
from dataclasses import replace

import pytest

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import Effects
from bot.core.rollouts.checkpoint import read_checkpoint
from bot.core.rollouts.replication import Replication, Standby
from bot.core.settings import default_targets
from bot.core.targets.target import ReplicaPolicy
from bot.errors import HistoryError, PostgresError, UsageError
from bot.rollout.migration import run_script
from bot.rollout.segments import segments_of
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.rollout.ways import Up
from bot.sql.parse import parse
from tests.fakes import (
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    FakeLog,
    history,
    migration,
    world,
)

STAGING = default_targets()["staging"]
NAME = "20260101000000_x"
BATCH = "-- migration-bot: batch size=2 pause=100ms\n"
DELETE = "DELETE FROM t"


def judged(sql: str) -> JudgedMigration:
    statements = tuple(JudgedStatement(each, Effects()) for each in parse(sql).statements)
    return JudgedMigration(migration(NAME, sql), statements)


def run(
    sql: str, database: FakeDatabase, log: FakeLog | None = None, **target: int | ReplicaPolicy
) -> FakeConsole:
    console = FakeConsole()
    here = replace(world(FakeCheckout(history())), console=console, log=log or FakeLog())
    begun = next((row for row in database.rows if row.unfinished), None)
    made = replace(STAGING, **target)  # type: ignore[arg-type]
    file = judged(sql)
    steps = Steps(Telling(made, here))
    run_script(file, Up(file.migration, begun), database, made, here, steps, here.console.say)
    return console


def short(diary: list[str]) -> list[str]:
    """The batches by the ends of their stretches."""
    found = []
    for each in diary:
        ends = re.findall(r"E'(\d+)'", each)
        found.append("-".join(ends) if ends else each)
    return found


def test_each_batch_is_committed_with_its_checkpoint_and_the_last_with_the_end() -> None:
    database = FakeDatabase(matching=[1, 3, 5, 7, 9])

    console = run(BATCH + DELETE, database)

    assert short(database.diary) == [
        f"started {NAME}",
        *("begin", "3", "batch 2", "commit"),
        *("begin", "3-7", "batch 4", "commit"),
        *("begin", "7-9", "finished", "commit"),
    ]
    assert console.said[-1].endswith("line 2: 0 rows changed in this run")


def test_where_the_last_batch_is_full_the_end_is_committed_by_itself() -> None:
    database = FakeDatabase(matching=[1, 3])

    run(BATCH + DELETE, database)

    assert short(database.diary)[1:] == [
        *("begin", "3", "batch 2", "commit"), *("begin", "finished", "commit")
    ]  # fmt: skip


def test_what_stands_around_it_is_in_segments_of_its_own() -> None:
    segments = segments_of(judged(f"SELECT 1; SELECT 2;\n{BATCH}{DELETE};\nSELECT 3;"))

    assert [(len(each.statements), each.batched is not None) for each in segments] == [
        (2, False), (1, True), (1, False)
    ]  # fmt: skip


def test_a_mistaken_comment_stops_it_before_anything_runs() -> None:
    with pytest.raises(UsageError, match=f"{NAME}, line 2: “size=x” is no number"):
        segments_of(judged(f"SELECT 1;\n-- migration-bot: batch size=x\n{DELETE};"))


def test_what_the_catalogue_forbids_stops_it_before_anything_runs() -> None:
    database = FakeDatabase(cannot_batch="t has no key.")

    with pytest.raises(UsageError, match=f"{NAME}, line 3: t has no key."):
        run(f"SELECT 1;\n{BATCH}{DELETE};", database)

    assert database.diary == []


def test_a_table_that_is_not_there_when_its_turn_comes_is_told() -> None:
    database = FakeDatabase(key=None)

    with pytest.raises(PostgresError, match=f'{NAME}, line 3: "t" does not exist') as error:
        run(f"SELECT 1;\n{BATCH}{DELETE};", database)

    assert "Everything before line 3" in error.value.message


def refusal(sqlstate: str) -> PostgresError:
    return PostgresError("no", hint="Look.", sqlstate=sqlstate)


def stretch(*ends: int) -> str:
    low = f'("t"."id") > (E\'{ends[0]}\'::bigint) AND ' if len(ends) == 2 else ""
    return f'{DELETE}\nWHERE true AND {low}("t"."id") <= (E\'{ends[-1]}\'::bigint)'


def test_a_batch_that_is_refused_leaves_the_row_at_the_one_before_it() -> None:
    database = FakeDatabase(matching=[1, 3, 5, 7, 9], refuse={stretch(3, 7): [refusal("23505")]})

    with pytest.raises(PostgresError) as error:
        run(BATCH + DELETE, database)

    assert error.value.message == (
        f"{NAME}, line 2: no Everything before line 2 of {NAME} is applied and stays, and 2 rows "
        "of that line."
    )
    checkpoint = read_checkpoint(database.rows[0].logs)
    assert checkpoint is not None
    assert checkpoint.batch is not None
    assert (checkpoint.batch.after, checkpoint.batch.key) == (("3",), ("id",))

    console = run(BATCH + DELETE, database)
    assert f"{NAME}, line 2: going on after 2 rows" in console.said
    assert short(database.diary)[-8:] == [
        *("begin", "3-7", "batch 4", "commit"), *("begin", "7-9", "finished", "commit")
    ]  # fmt: skip


def test_the_first_batch_refused_leaves_nothing() -> None:
    database = FakeDatabase(matching=[1, 3], refuse={stretch(3): [refusal("23505")]})

    with pytest.raises(PostgresError, match=f"Nothing of {NAME} was kept"):
        run(BATCH + DELETE, database)

    assert database.rows == []


def test_a_lock_that_is_taken_gives_up_only_its_batch() -> None:
    database = FakeDatabase(matching=[1, 3, 5], refuse={stretch(3, 5): [refusal("55P03")]})

    run(BATCH + DELETE, database)

    assert short(database.diary).count("3") == 1
    assert short(database.diary).count("3-5") == 2


def test_an_edited_statement_or_a_comment_that_is_gone_is_not_gone_on_with() -> None:
    database = FakeDatabase(matching=[1, 3, 5], refuse={stretch(3, 5): [refusal("23505")]})
    with pytest.raises(PostgresError):
        run(BATCH + DELETE, database)

    for text in (BATCH + "DELETE FROM t WHERE n = 1", DELETE):
        with pytest.raises(HistoryError, match="which runs in batches"):
            run(text, database)


def test_the_end_of_its_time_is_a_stop_at_a_checkpoint() -> None:
    database = FakeDatabase(matching=list(range(100)))

    with pytest.raises(PostgresError, match="6 of about 100 rows are changed") as error:
        run(BATCH + DELETE, database, batch_budget=200)

    assert "it goes on at line 2" in error.value.hint


def behind(seconds: float) -> Replication:
    return Replication(10, (Standby("reader", 10, lag=seconds),))


def test_a_standby_that_is_behind_is_waited_for_and_named() -> None:
    database = FakeDatabase(matching=[1, 3, 5], standbys=[behind(12.0), behind(11.0), behind(9.0)])

    console = run(BATCH + DELETE, database)

    waiting = [each for each in console.said if "waiting" in each]
    assert waiting == [
        f"{NAME}, line 2: waiting for the standby reader, which is 12 seconds behind"
    ]
    assert database.standbys == []


def test_the_comment_may_let_standbys_be_farther_behind() -> None:
    database = FakeDatabase(matching=[1, 3, 5], standbys=[behind(12.0)])

    console = run("-- migration-bot: batch size=2 max_lag=20s\n" + DELETE, database)

    assert not any("waiting" in each for each in console.said)


def test_the_target_says_how_far_standbys_may_be_behind() -> None:
    database = FakeDatabase(matching=[1, 3, 5], standbys=[behind(2.0), behind(0.5)])

    console = run(BATCH + DELETE, database, replicas=ReplicaPolicy(lag=1_000))

    assert [each for each in console.said if "waiting" in each] == [
        f"{NAME}, line 2: waiting for the standby reader, which is 2 seconds behind"
    ]


def test_a_standby_that_does_not_catch_up_stops_it_at_a_checkpoint() -> None:
    database = FakeDatabase(matching=[1, 3, 5], standbys=[behind(12.0)] * 100)

    with pytest.raises(PostgresError, match="the standby reader is 12 seconds behind and does"):
        run(BATCH + DELETE, database, lock_budget=20_000)

    assert 15 < 100 - len(database.standbys) < 30


def test_a_standby_whose_replay_stands_still_is_behind_though_it_does_not_say_so() -> None:
    stuck = [Replication(10 + place, (Standby("reader", 10, lag=0.1),)) for place in range(1, 900)]
    database = FakeDatabase(matching=list(range(1000)), standbys=stuck)

    with pytest.raises(PostgresError, match=r"the standby reader is 3[01] seconds behind"):
        run(BATCH + DELETE, database, lock_budget=20_000)


def test_standbys_that_cannot_be_seen_are_told_of_once() -> None:
    unseen = [Replication(1, unseen=2)] * 3
    database = FakeDatabase(matching=[1, 3, 5, 7, 9], standbys=unseen)

    console = run(BATCH + DELETE, database)

    assert [each for each in console.said if "pg_monitor" in each] == [
        "2 of the standbys cannot be seen, so nothing waits for them: GRANT pg_monitor to the role "
        "that migrates"
    ]


def test_machines_are_told_of_each_batch_of_waiting_and_of_the_whole() -> None:
    log = FakeLog()
    database = FakeDatabase(matching=[1, 3, 5], standbys=[behind(12.0), behind(9.0)])

    run(BATCH + DELETE, database, log)

    shown = ("event", "line", "rows", "changed", "message")
    assert [tuple(each[name] for name in shown if name in each) for each in log.lines] == [
        ("batch", 2, 2, 0),
        (
            "replica-wait",
            f"{NAME}, line 2: waiting for the standby reader, which is 12 seconds behind",
        ),
        ("batch", 2, 3, 0),
        ("statement", 2, 0),
        ("segment",),
    ]


def test_how_far_it_is_is_told_every_now_and_then() -> None:
    database = FakeDatabase(matching=list(range(400)))

    console = run("-- migration-bot: batch size=2 pause=100ms\n" + DELETE, database)

    assert [each for each in console.said if "of about" in each] == [
        f"{NAME}, line 2: 202 of about 400 rows"
    ]
