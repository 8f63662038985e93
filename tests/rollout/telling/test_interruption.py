"""The last words of a rollout that was interrupted, from the rows that it left."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.rollouts.checkpoint import Batch, Before, Checkpoint, Intent
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.rollback import backwards, script_of
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.flows.reviewing.review import cut_named
from bot.flows.targets.down_scripts import judge_of
from bot.rollout.telling.interruption import interruption_of
from tests.fakes import NOON, FakeCheckout, FakeDatabase, applied, history, migration, world
from tests.unfinished import interrupted

STAGING = default_targets()["staging"]
MIXED = migration(
    "20260102000000_mixed",
    "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n"
    "-- migration-bot: batch size=7\nDELETE FROM a;\n",
)
HISTORY = history(MIXED)
INTENT = Intent(1, "CREATE INDEX CONCURRENTLY i ON a (id)")


def out_of_reach(target: Target) -> NoReturn:
    raise PostgresError("Nobody answers.", hint="Wait.")


def said(done: int, intent: Intent | None = None, batch: Batch | None = None) -> str:
    made = world(FakeCheckout(HISTORY))

    def judge(names: Sequence[str]) -> Sequence[JudgedMigration]:
        return cut_named(names, HISTORY, made)

    row = interrupted(done, MIXED, intent=intent, batch=batch)
    given = world(FakeCheckout(HISTORY), {"staging": FakeDatabase([row])})
    journal = Journal(plan=make_plan("staging", HISTORY.migrations, []), begun=MIXED.name)
    return interruption_of(STAGING, journal, judge, given).message


@pytest.mark.parametrize(
    ("done", "intent", "batch", "words"),
    [
        (0, None, None, f"{MIXED.name} is begun, and none of its parts is committed."),
        (1, None, None, f"Of {MIXED.name} everything before line 2 is applied, and stays."),
        (1, INTENT, None, "and stays. Its CREATE INDEX may be half done, which the next run"),
        (2, None, Batch(2, ("7",), 7), "before line 4, and 7 rows of that line, is applied,"),
    ],
)
def test_of_one_that_is_applied_in_parts_it_is_said_how_far_it_is(
    done: int, intent: Intent | None, batch: Batch | None, words: str
) -> None:
    assert words in said(done, intent, batch)


def test_of_a_rollback_it_is_said_what_is_taken_back_and_what_stays_applied() -> None:
    first, *more = (migration(f"2026020{number}000000_m", "SELECT 1;") for number in range(1, 5))
    every = (first, *more)
    scripts = [script_of(each, "SELECT 1;\nVACUUM;\nSELECT 2;") for each in reversed(more)]
    begun = Checkpoint("x", ("d",), down=Before("2026-11-22T12:00:00+00:00"))
    rows = [applied(first), applied(more[0])]
    rows.append(replace(applied(more[1], finished=False), logs=begun.text()))
    rows.append(replace(applied(more[2]), finished_at=None, rolled_back_at=NOON))
    given = world(FakeCheckout(history(*every)), {"staging": FakeDatabase(rows)})
    plan = backwards(make_plan("staging", every, list(map(applied, every))), scripts)
    judge = judge_of(scripts, history(*every), given)

    told = interruption_of(STAGING, Journal(plan=plan, begun=more[1].name), judge, given)

    assert told.message == (
        "The rollback of staging was interrupted. "
        f"Taken back, and stays so: {more[2].name}. "
        f"Of {more[1].name} everything before line 2 is taken back, and stays. "
        f"Applied as before: {more[0].name}."
    )
    assert "`--to`" in told.hint


def test_a_rollback_that_had_begun_nothing_is_called_one() -> None:
    given = world(FakeCheckout(HISTORY), {"staging": FakeDatabase([])})

    told = interruption_of(STAGING, Journal(), lambda names: (), given, backwards=True)

    assert told.message == (
        "The rollback of staging was interrupted before it began a migration. Nothing was taken "
        "back."
    )


def test_a_rollback_of_a_target_that_does_not_answer_any_more_is_called_one() -> None:
    scripts = [script_of(MIXED, "SELECT 1;")]
    plan = backwards(make_plan("staging", [MIXED], [applied(MIXED)]), scripts)
    given = replace(world(FakeCheckout(HISTORY)), connect=out_of_reach)

    told = interruption_of(
        STAGING, Journal(plan=plan, begun=MIXED.name), lambda names: (), given, backwards=True
    )

    assert told.message == (
        f"The rollback of staging was interrupted while it took back {MIXED.name}, and staging "
        "could not be asked how far that is. What was committed is taken back, and nothing else."
    )
    assert "`--to`" in told.hint
