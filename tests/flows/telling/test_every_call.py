"""GitHub in trouble at any call of a run: the target is as it would be, nothing is told twice."""

from pathlib import Path

import pytest

from bot.errors import BotError, GateClosed, GitHubError
from bot.flows.asked.answering import answer
from bot.flows.telling.deploy import deploy
from tests.flows.telling.every_call import (
    HERE,
    NEW,
    OLD,
    TROUBLES,
    Order,
    Scene,
    down,
    each_call,
    lost,
)
from tests.hub import SHOP

SOME = [
    lost,
    *(pytest.param(each, marks=pytest.mark.soak) for each in TROUBLES if each is not lost),
]
ROLLOUTS = [("staging", order) for order in TROUBLES] + [("production", down), ("production", lost)]


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize(("target", "order"), ROLLOUTS)
def test_a_rollout_is_the_same_whatever_call_fails(
    tmp_path: Path, target: str, order: Order
) -> None:
    for made, at in each_call(tmp_path, order, merged=True):
        if target == "production":
            run(made, "staging")
        order(made.hub, at)
        error = run(made, target)
        names = made.names(target)
        if error is None or NEW.name in names:
            assert names == [OLD.name, NEW.name], f"call {at}"
        else:
            # A gate could not be asked: it stays closed, and nothing was begun.
            assert isinstance(error, GitHubError | GateClosed), f"call {at}: {error}"
            assert names == [OLD.name], f"call {at}"
        after_recovery(made, target, at)


def after_recovery(made: Scene, target: str, at: int) -> None:
    """The next run tells what this one could not, and nothing twice."""
    made.recover()
    assert run(made, target) is None, f"call {at}"
    assert made.names(target) == [OLD.name, NEW.name], f"call {at}"
    assert made.comments() == 1, f"call {at}"
    ended = [each.statuses[-1].state for each in made.deployments(target) if each.statuses]
    assert ended.count("success") == 1, f"call {at}: {ended}"


def run(made: Scene, target: str) -> BotError | None:
    """One deploy job; anything but a BotError is a crash."""
    given = made.world()
    try:
        deploy(given.settings.target(target), made.merge, given)
    except BotError as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize("order", SOME, ids=lambda each: each.__name__)
def test_a_check_is_told_once_whatever_call_fails(tmp_path: Path, order: Order) -> None:
    for made, at in each_call(tmp_path, order, merged=False):
        order(made.hub, at)
        assert isinstance(check(made), GitHubError | None), f"call {at}"
        made.recover()
        assert check(made) is None, f"call {at}"
        assert made.comments() == 1, f"call {at}"
        runs = made.hub.repository(SHOP).check_runs.values()
        assert {each.status for each in runs} <= {"completed"}, f"call {at}"


def check(made: Scene) -> BotError | None:
    given = made.world()
    pull = made.hub.repository(SHOP).pulls[made.number]
    repository = {"full_name": SHOP}
    payload = {
        "pull_request": {
            "number": made.number,
            "head": {"sha": pull.head_sha, "repo": repository},
            "base": {"sha": "b" * 40, "ref": "main", "repo": repository},
        }
    }
    try:
        answer(given, "pull_request", payload, HERE)
    except BotError as error:
        return error
    return None
