"""No sequence of deeds lets a text run on production that the rules do not let run: what the bot
decides is held against the rules written down a second time."""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

import pytest

from bot.core.gates.approval import Asked, approval_gate
from bot.core.gates.gate import Gate
from bot.core.github.event import Event
from bot.core.migrations.migration import Migration
from bot.core.settings import default_targets
from bot.flows.gating.approvals import (
    RERUN_VARIABLE,
    approval_of,
    facts_of,
    pulls_of,
    triggerers_of,
)
from bot.world import World
from tests.fakes import FakeRunner, world
from tests.flows.gating.deeds import POLICIES, RISKS, TEXTS, Deed, made_up
from tests.flows.gating.oracle import may_run, on_main
from tests.flows.gating.simulated import MIGRATIONS, Simulated

PRODUCTION = default_targets()["production"]
MOMENTS = ("merge", "push to main", "bring back", "revert", "dispatch", "run again")
"""When production is deployed."""
LONGEST = 24


@dataclass
class Tally:
    """That both answers were given often, and how often: else nothing was tried."""

    sequences: int = 0
    answers: Counter[tuple[str, bool]] = field(default_factory=Counter)


def decided(policy: str, hub: Simulated, each: Migration) -> Gate:
    """What the bot says of one pending migration."""
    target = replace(PRODUCTION, approval=POLICIES[policy])
    made = _world(hub)
    if not target.approval.varies:
        return approval_of(target, [each], made)
    # The same, with the risk from a table: judging would take most of the time.
    found = pulls_of([each], made)
    facts = {name: facts_of(pull, [each], made, target.approval) for name, pull in found.items()}
    risks = {each.name: RISKS[TEXTS.index(each.sql)]}
    return approval_gate(target, [each], facts, Asked(risks, triggerers_of(made)))


def _world(hub: Simulated) -> World:
    runner = FakeRunner(Event("push", {"sender": {"login": hub.sender}}, "c" * 40))
    environ = {RERUN_VARIABLE: hub.again or hub.sender}
    return world(hub.checkout, github=hub, runner=runner, environ=environ)


def disagreement(deeds: list[Deed], policy: str, tally: Tally | None = None) -> str:
    """The first moment at which bot and rules say different things, as a sentence; "" if none."""
    hub = Simulated()
    for number, deed in enumerate(deeds):
        hub.do(deed)
        if deed.kind not in MOMENTS and number < len(deeds) - 1:
            continue
        done = deeds[: number + 1]
        pending = {each.name: each for each in hub.pending}
        for pull, name in enumerate(MIGRATIONS):
            assert (name in pending) == on_main(done, pull)
            if name in pending:
                gate, allowed = decided(policy, hub, pending[name]), may_run(done, pull, policy)
                if tally is not None:
                    tally.answers[policy, allowed] += 1
                if gate.open != allowed:
                    return f"{policy}, #{pull} after {number}: the rules say {allowed}, {gate}"
    return ""


def shortest(deeds: list[Deed], policy: str) -> list[Deed]:
    """The same disagreement with as few deeds as can be."""
    at = 2
    while at < len(deeds):
        fewer = deeds[:at] + deeds[at + 1 :]
        if disagreement(fewer, policy):
            deeds, at = fewer, 2
        else:
            at += 1
    return deeds


def tried(first: int, count: int) -> Tally:
    tally, names = Tally(), list(POLICIES)
    for seed in range(first, first + count):
        random = Random(seed)
        policy = names[seed % len(names)]
        deeds = made_up(random, random.randint(3, LONGEST))
        found = disagreement(deeds, policy, tally)
        if found:
            fewest = shortest(deeds, policy)
            told = "\n".join(map(str, fewest))
            raise AssertionError(f"seed {seed}: {disagreement(fewest, policy)}\n{told}")
        tally.sequences += 1
    return tally


def require_both_answers(tally: Tally) -> None:
    for policy in POLICIES:
        for answer in (True, False):
            assert tally.answers[policy, answer] > 0, f"{policy} was never found {answer}"


def test_the_bot_decides_by_the_rules_whatever_people_do() -> None:
    tally = tried(0, 1_000)

    assert tally.sequences == 1_000
    require_both_answers(tally)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_in_ten_thousand_sequences_no_unapproved_text_may_run(part: int) -> None:
    tally = tried(1_000 + part * 5_000, 5_000)

    assert tally.sequences == 5_000
    require_both_answers(tally)


def test_the_search_would_find_a_hole() -> None:
    """A policy that forgets who started the rollout, held against the rules that do not."""
    deeds = [
        Deed("open", "ada", 0, 0),
        Deed("open", "ada", 1, 0),
        Deed("comment", "mia", 0),
        Deed("approve", "grace", 0),
        Deed("merge", "grace", 0),
    ]
    hub = Simulated()
    for deed in deeds:
        hub.do(deed)
    (pending,) = hub.pending

    assert disagreement(deeds, "one") == ""
    assert decided("one, or whoever starts it", hub, pending).open
    assert not may_run(deeds, 0, "one")
    assert len(shortest(deeds, "one")) == len(deeds)
