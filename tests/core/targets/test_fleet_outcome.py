from dataclasses import replace

import pytest

from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from bot.core.targets.fleet_outcome import FleetOutcome, TenantResult, TenantState
from bot.errors import ExitCode
from tests.fakes import NOON

DONE = TenantResult("a", "rest", TenantState.APPLIED, 2.0, 1, "m1", 1)
CURRENT = TenantResult("b", "rest", TenantState.CURRENT, head="m1")
PARKED = TenantResult("c", "rest", TenantState.PARKED, head="m0", code=ExitCode.POSTGRES)
AWAY = TenantResult("d", "rest", TenantState.FAILED, code=ExitCode.POSTGRES)
BROKEN = TenantResult("e", "rest", TenantState.BROKEN, code=ExitCode.GATE_CLOSED)
WAITING = TenantResult("f", "rest")


def outcome(*results: TenantResult, **parts: object) -> FleetOutcome:
    made = FleetOutcome("fleet", NOON, ("rest",), results, 3.0)
    return replace(made, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "code", "words"),
    [
        ((DONE, CURRENT), ExitCode.FINE, "2 done"),
        ((DONE, PARKED), ExitCode.PARKED, "1 done, 1 parked"),
        ((DONE, PARKED, WAITING), ExitCode.PARKED, "1 done, 1 parked, 1 not started"),
        ((PARKED, AWAY), ExitCode.POSTGRES, "0 done, 1 parked, 1 failed"),
        ((BROKEN, AWAY), ExitCode.GATE_CLOSED, "0 done, 1 failed, 1 broken"),
        ((WAITING,), ExitCode.POSTGRES, "0 done, 1 not started"),
    ],
)
def test_the_exit_code_says_what_a_pipeline_may_do(
    results: tuple[TenantResult, ...], code: ExitCode, words: str
) -> None:
    assert outcome(*results).exit_code is code
    assert outcome(*results).words == words


def test_an_interruption_wins() -> None:
    assert outcome(BROKEN, interrupted=True).exit_code is ExitCode.INTERRUPTED
    assert not outcome(DONE, interrupted=True).complete


def test_heads_are_counted_and_the_slowest_are_those_that_were_migrated() -> None:
    slow = [replace(DONE, tenant=f"t{n}", seconds=float(n)) for n in range(12)]
    made = outcome(*slow, CURRENT, PARKED)
    assert made.heads == (("m1", 13), ("m0", 1))
    assert [each.tenant for each in made.slowest] == [f"t{n}" for n in range(11, 1, -1)]


def test_a_report_shows_a_fleet_as_it_shows_a_target() -> None:
    target = default_targets()["staging"]
    assert outcome(DONE).progress(target).state is State.APPLIED
    failed = outcome(DONE, PARKED, stopped="One too many.", hint="Mend it.").progress(target)
    assert failed.state is State.FAILED
    assert failed.message == "1 done, 1 parked. One too many."
    assert failed.hint == "Mend it."
