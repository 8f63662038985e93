"""The last words of a rollout that was interrupted, from the rows that it left."""

from collections.abc import Sequence

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.rollouts.checkpoint import Batch, Intent
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import make_plan
from bot.core.settings import default_targets
from bot.flows.reviewing.review import cut_named
from bot.rollout.telling.interruption import interruption_of
from tests.fakes import FakeCheckout, FakeDatabase, history, migration, world
from tests.unfinished import interrupted

STAGING = default_targets()["staging"]
MIXED = migration(
    "20260102000000_mixed",
    "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n"
    "-- migration-bot: batch size=7\nDELETE FROM a;\n",
)
HISTORY = history(MIXED)
INTENT = Intent(1, "CREATE INDEX CONCURRENTLY i ON a (id)")


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
