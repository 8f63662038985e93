"""One issue for each target, kept in step with what was found."""

from dataclasses import replace

import pytest

from bot.core.drift.look import Look
from bot.core.github.issue import Deed
from bot.errors import UsageError
from bot.flows.telling.drift_issue import keep_issue, require_github
from bot.flows.telling.notify import notify_drift
from bot.world import World
from tests.fakes import FakeCheckout, FakeGitHub, FakeRunner, history, world
from tests.flows.telling.test_notify import HOOK, FakeNotifier
from tests.report.drift.samples import CLEAN, RUNNING, UNREAD, drifted


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub()


@pytest.fixture
def given(github: FakeGitHub) -> World:
    return world(FakeCheckout(history()), github=github, runner=FakeRunner())


def keep(given: World, *looks: Look) -> list[Deed]:
    return [keep_issue(each, given) for each in looks]


def test_it_is_opened_kept_closed_and_opened_again(given: World, github: FakeGitHub) -> None:
    other = drifted(name="another")

    assert keep(given, CLEAN, drifted(), drifted(), other) == [
        *(Deed.NOTHING, Deed.OPEN, Deed.NOTHING, Deed.UPDATE)
    ]
    assert len(github.issues) == 1
    assert "another" in github.issues[1].body
    assert github.issues[1].title == "Drift: production"

    assert keep(given, CLEAN, CLEAN) == [Deed.CLOSE, Deed.NOTHING]
    assert not github.issues[1].open
    [said] = github.issue_comments[1]
    assert "is what its applied migrations make" in said

    assert keep(given, drifted()) == [Deed.REOPEN]
    assert github.issues[1].open
    assert len(github.issues) == 1


def test_what_could_not_be_seen_changes_nothing(given: World, github: FakeGitHub) -> None:
    keep(given, drifted())
    before = dict(github.issues)

    assert keep(given, RUNNING, UNREAD) == [Deed.NOTHING, Deed.NOTHING]
    assert github.issues == before


def test_each_target_has_one_of_its_own(given: World, github: FakeGitHub) -> None:
    keep(given, drifted(), replace(drifted(), target="staging"))

    assert {each.title for each in github.issues.values()} == {
        "Drift: production",
        "Drift: staging",
    }


def test_one_that_somebody_closed_stays_closed_until_there_is_news(
    given: World, github: FakeGitHub
) -> None:
    keep(given, drifted())
    github.issues[1] = replace(github.issues[1], open=False)

    assert keep(given, drifted()) == [Deed.NOTHING]
    assert keep(given, drifted(name="another")) == [Deed.REOPEN]


def test_people_are_told_of_each_change_once(given: World) -> None:
    notifier = FakeNotifier()
    told = replace(given, notifier=notifier, settings=replace(given.settings, notify=(HOOK,)))
    other = drifted(name="another")

    for look in (CLEAN, drifted(), drifted(), RUNNING, other, UNREAD, CLEAN, CLEAN, drifted()):
        notify_drift(look, keep_issue(look, told), told)

    assert notifier.events == ["drift", "drift", "drift_gone", "drift"]
    found, changed, gone, _ = (payload for _, payload in notifier.sent)
    assert found["target"] == "production"
    assert any("by_hand" in each for each in found["drift"])
    assert any("another" in each for each in changed["drift"])
    assert gone["headline"] == "The schema of production is what its migrations make again"
    assert gone["drift"] == []


def test_without_github_there_is_nowhere_to_keep_it() -> None:
    with pytest.raises(UsageError, match="no GitHub here"):
        require_github(world(FakeCheckout(history())))
