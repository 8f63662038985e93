"""What a rollout is made of, and which histories are never rolled out."""

from dataclasses import replace

import pytest

from bot.core.migrations.history import History
from bot.core.settings import default_targets
from bot.errors import UsageError
from bot.flows.reviewing.history import history_of
from bot.flows.targets.rollout import order_for, plan_for
from tests.fakes import history
from tests.flows.world import INIT, MORE, Stage

STAGING = default_targets()["staging"]
WHOLE = history(INIT, MORE)


def test_a_plan_is_a_forecast_and_takes_no_lock() -> None:
    stage = Stage()
    plan, gates = plan_for(STAGING, stage.world())

    assert [each.name for each in plan.pending] == [MORE.name]
    assert {gate.name: gate.open for gate in gates} == {
        "approval": True,
        "order": True,
        "rows": True,
        "drift": True,
        "backup": True,
    }
    assert stage.staging.diary == []


def test_an_order_judges_what_it_is_asked_for_in_the_order_of_the_history() -> None:
    order = order_for(STAGING, Stage().world(), expect_digest="sha256:1")

    judged = order.judge([MORE.name])
    assert [each.migration for each in judged] == [MORE]
    assert order.expect_digest == "sha256:1"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(WHOLE, provider="mysql"), "names mysql, and only postgresql"),
        (replace(WHOLE, provider=""), "names no provider"),
        (replace(WHOLE, incomplete=("20260301000000_x",)), "20260301000000_x has no migration.sql"),
        (
            replace(WHOLE, unreadable={"prisma/migrations/x/migration.sql": "Permission denied"}),
            "x/migration.sql cannot be read: Permission denied",
        ),
    ],
)
def test_a_history_with_a_part_that_would_be_passed_over_is_refused(
    broken: History, said: str
) -> None:
    stage = Stage()
    stage.checkout.head_history = broken

    for attempt in (history_of, lambda world: plan_for(STAGING, world)):
        with pytest.raises(UsageError, match=said):
            attempt(stage.world())
    assert stage.staging.diary == []


def test_what_a_rollout_does_not_read_stops_none() -> None:
    """Without a lock file Prisma checks no provider; a `down.sql` is read by a rollback alone."""
    stage = Stage()
    unreadable = {"prisma/migrations/x/down.sql": "Permission denied"}
    stage.checkout.head_history = replace(WHOLE, provider=None, unreadable=unreadable)

    assert history_of(stage.world()).migrations == (INIT, MORE)
