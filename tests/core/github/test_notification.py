from dataclasses import replace

import pytest

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.github.notification import Channel, Moment, Notification, Sink, notifications_of
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import DriftMode, Kind
from tests.fakes import NOON

OPEN = Gate("approval", open=True, reason="approved by grace", given_by=("grace",))
CLOSED = Gate("freeze", open=False, reason="frozen until Monday", waits_for=("@acme/dba",))
FORCED = Gate("freeze", open=True, reason="frozen", overridden="by grace: a hotfix")
PENDING = ("20260201000000_more",)
HERE = Progress("production", Kind.PRODUCTION, at=NOON)


def moments(progress: Progress, pending: tuple[str, ...] = PENDING) -> list[Moment]:
    return [each.moment for each in notifications_of(progress, pending=pending, at=NOON)]


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (replace(HERE, state=State.APPLYING), [Moment.STARTED]),
        (replace(HERE, state=State.APPLIED, migrations=PENDING), [Moment.APPLIED]),
        (replace(HERE, state=State.FAILED), [Moment.FAILED]),
        (replace(HERE, state=State.ROLLED_BACK, migrations=PENDING), [Moment.ROLLED_BACK]),
        (replace(HERE, state=State.CLOSED, gates=(OPEN, CLOSED)), [Moment.WAITING]),
        (
            replace(HERE, state=State.APPLIED, migrations=PENDING, gates=(FORCED,)),
            [Moment.APPLIED, Moment.OVERRIDDEN],
        ),
        (
            replace(HERE, state=State.FAILED, drift=Drift(DriftMode.REFUSE, ("a table",))),
            [Moment.FAILED, Moment.DRIFT],
        ),
        (replace(HERE, state=State.APPLIED, migrations=PENDING, gates=(OPEN,)), [Moment.APPLIED]),
    ],
)
def test_each_state_is_a_moment_worth_telling(progress: Progress, expected: list[Moment]) -> None:
    assert moments(progress) == expected


def test_a_run_with_nothing_to_do_has_nothing_to_tell() -> None:
    assert moments(replace(HERE, state=State.APPLYING), ()) == []
    assert moments(replace(HERE, state=State.APPLIED, gates=(FORCED,)), ()) == []
    assert moments(replace(HERE, state=State.ROLLED_BACK), ()) == []


def test_a_moment_holds_the_gates_it_is_about() -> None:
    (waiting,) = notifications_of(
        replace(HERE, state=State.CLOSED, gates=(OPEN, CLOSED)), pending=PENDING, at=NOON
    )
    assert waiting.gates == (CLOSED,)


def test_a_sink_hears_what_it_asked_for() -> None:
    told = Notification(Moment.FAILED, "production", Kind.PRODUCTION, NOON)
    assert Sink(Channel.SLACK, "URL").wants(told)
    assert Sink(Channel.SLACK, "URL", targets=frozenset({"production"})).wants(told)
    assert not Sink(Channel.SLACK, "URL", targets=frozenset({"staging"})).wants(told)
    assert not Sink(Channel.SLACK, "URL", moments=frozenset({Moment.DRIFT})).wants(told)


def test_the_same_moment_has_the_same_id_and_another_run_another() -> None:
    told = Notification(Moment.FAILED, "production", Kind.PRODUCTION, NOON, run_url="1")
    assert told.id == replace(told).id
    assert told.id != replace(told, run_url="2").id
