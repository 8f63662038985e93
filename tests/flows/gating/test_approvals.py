"""What the approval gate is told, gathered from GitHub, the event and the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from bot.core.approvals.approval import Opinion
from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission
from bot.core.approvals.coauthors import Contributor
from bot.core.findings.risk import Risk
from bot.core.gates.gate import Gate
from bot.core.github.event import Event
from bot.core.settings import default_targets
from bot.errors import GitHubError
from bot.flows.gating.approvals import (
    approval_of,
    facts_of,
    pulls_of,
    risks_of,
    stale_of,
    triggerers_of,
)
from tests.fakes import NOON, FakeRunner
from tests.flows.world import APPROVED, HEAD, INIT, MERGE, MORE, NUMBER, RISKY, Stage, facts, pull

PRODUCTION = default_targets()["production"]
EARLIER = "e" * 40


def gate(stage: Stage, policy: ApprovalPolicy | None = None) -> Gate:
    target = replace(PRODUCTION, approval=policy) if policy else PRODUCTION
    return approval_of(target, [stage.newest], stage.world())


def test_the_facts_of_a_pull_request_are_read_once_for_all_its_migrations() -> None:
    @dataclass
    class Counting:
        asked: list[tuple[str, ...]] = field(default_factory=list)

    stage, counting = Stage(), Counting()
    stage.checkout.commits = {INIT.name: MERGE, MORE.name: MERGE}
    real = stage.github.facts

    def counted(pull_request: object, paths: Mapping[str, str]) -> object:
        counting.asked.append(tuple(paths))
        return real(pull(), paths)

    stage.github.facts = counted  # type: ignore[method-assign,assignment]
    assert pulls_of([INIT, MORE], stage.world()) == {INIT.name: pull(), MORE.name: pull()}
    approval_of(PRODUCTION, [INIT, MORE], stage.world())

    assert counting.asked == [(INIT.name, MORE.name)]
    assert pulls_of([MORE], stage.world(github=False)) == {}


# Who started it


@pytest.mark.parametrize(
    ("name", "started"),
    [
        ("push", {"grace"}),
        ("workflow_dispatch", {"grace"}),
        ("issue_comment", {"grace"}),
        ("pull_request", set()),
        ("pull_request_review", set()),
        ("merge_group", set()),
    ],
)
def test_who_started_a_rollout_is_the_sender_of_its_event(name: str, started: set[str]) -> None:
    stage = Stage(runner=FakeRunner(Event(name, {"sender": {"login": "grace"}}, MERGE)))

    assert triggerers_of(stage.world()) == started


def test_who_runs_an_earlier_run_again_starts_it_too() -> None:
    runner = FakeRunner(Event("push", {"sender": {"login": "ada"}}, MERGE))
    stage = Stage(runner=runner, environ={"GITHUB_TRIGGERING_ACTOR": "grace"})

    assert triggerers_of(stage.world()) == {"ada", "grace"}
    assert "grace started this rollout" in gate(stage).reason
    assert gate(stage, ApprovalPolicy.of(1, triggerer=True)).open


def test_an_event_without_a_sender_and_a_terminal_name_nobody() -> None:
    assert triggerers_of(Stage().world()) == frozenset()
    assert triggerers_of(replace(Stage().world(), runner=None)) == frozenset()


# Who may approve


def test_what_somebody_may_do_is_asked_each_time() -> None:
    stage = Stage()
    assert gate(stage).open

    stage.github.permissions["grace"] = Permission.READ
    assert "grace may not write to the repository" in gate(stage).reason


def test_members_of_a_team_are_looked_up_and_a_team_that_hides_is_told() -> None:
    stage, policy = Stage(), ApprovalPolicy.of(1, Approvers(teams=("acme/dba",)))
    stage.github.closed.add("teams")
    hidden = gate(stage, policy)
    stage.github.closed.clear()
    stage.github.members["acme/dba"] = {"linus"}
    without = gate(stage, policy)
    stage.github.members["acme/dba"].add("grace")

    assert "cannot read the members of @acme/dba: GitHub did not let the bot" in hidden.reason
    assert "`members: read`" in hidden.hint
    assert not without.open
    assert gate(stage, policy).open


@pytest.mark.parametrize(
    ("owners", "is_open"),
    [
        ("prisma/ @grace", True),
        ("prisma/ @acme/dba", True),
        ("prisma/ grace@navy.mil", True),
        ("prisma/ @linus", False),
        ("docs/ @grace", False),
        ("", False),
    ],
)
def test_code_owners_are_those_of_the_migrations_own_path(owners: str, is_open: bool) -> None:
    stage = Stage()
    stage.github.owners = owners
    stage.github.members["acme/dba"] = {"grace"}
    stage.github.profiles["grace"] = ("Grace", "grace@navy.mil")

    assert gate(stage, ApprovalPolicy.of(1, Approvers(codeowners=True))).open is is_open


def test_nobody_is_asked_for_code_owners_or_profiles_that_no_rule_needs() -> None:
    stage = Stage()
    asked: list[str] = []
    stage.github.codeowners = lambda pull: asked.append("owners") or ""  # type: ignore[method-assign,func-returns-value]
    stage.github.profile_of = lambda login: asked.append(login) or (frozenset(), frozenset())  # type: ignore[method-assign,func-returns-value]
    gate(stage)
    assert asked == []

    known = replace(facts(*APPROVED), unmatched=(Contributor("Bob", "bob@home.example"),))
    stage.github.pull_facts[NUMBER] = known
    assert "grace may be Bob <bob@home.example>" in gate(stage).reason
    assert asked == ["grace"]


def test_a_github_that_is_down_opens_nothing() -> None:
    stage = Stage()
    stage.github.down = True

    with pytest.raises(GitHubError):
        gate(stage)


# Risk


BY_RISK = ApprovalPolicy(low=Need(0), medium=Need(1), high=Need(2))


def test_what_is_pending_is_judged_and_its_risk_decides() -> None:
    harmless, risky = Stage(opinions=()), Stage(newest=RISKY)

    assert gate(harmless, BY_RISK).reason == "production asks for none of what has so little risk"
    assert "has 1 of 2 approvals in #7, being of high risk" in gate(risky, BY_RISK).reason


def test_nothing_but_what_is_pending_is_judged() -> None:
    stage = Stage(newest=RISKY)

    assert risks_of([RISKY], stage.world()) == {RISKY.name: Risk.HIGH}


# What became of an earlier approval


def stale(stage: Stage, then: str | None) -> tuple[str, ...]:
    before = Opinion("grace", "APPROVED", EARLIER, NOON)
    stage.github.pull_facts[NUMBER] = facts(before, each=stage.newest)
    if then is not None:
        stage.github.texts[EARLIER] = {stage.newest.name: then}
    world = stage.world()
    known = facts_of(pull(), [stage.newest], world, PRODUCTION.approval)
    (found,) = stale_of(known, [stage.newest], world)
    assert (found.login, found.commit) == ("grace", EARLIER)
    return found.changed


def test_what_changed_since_an_earlier_approval_is_told_statement_by_statement() -> None:
    changed = stale(Stage(newest=RISKY), "CREATE INDEX b_a ON a (b); DROP TABLE x;")

    assert changed == (
        f"`{RISKY.name}`: `CREATE INDEX a_b ON a (b)` was `CREATE INDEX b_a ON a (b)`",
        f"`{RISKY.name}`: `DROP TABLE x` was removed",
    )


@pytest.mark.parametrize(
    ("then", "says"),
    [
        (MORE.sql, ()),
        (f"-- said\n{MORE.sql}", (f"`{MORE.name}` differs in its comments or its spacing",)),
        ("CREATE TABEL b", (f"`{MORE.name}` is another text",)),
        (None, (f"`{MORE.name}`: `CREATE TABLE b (id int PRIMARY KEY)` was added",)),
    ],
    ids=["nothing", "a comment", "what cannot be read", "all of it"],
)
def test_of_an_earlier_text_is_told(then: str | None, says: tuple[str, ...]) -> None:
    assert stale(Stage(), then) == says


def test_the_gate_tells_of_a_stale_approval() -> None:
    stage = Stage()
    stale(stage, None)
    found = gate(stage)

    assert found.reason == (
        f"{MORE.name} has 0 of 1 approvals in #7 (grace approved eeeeeee, which is not the last "
        "commit); grace approved eeeeeee, and 1 change was made to the migrations since"
    )
    assert found.waits_for == ("somebody who may write to the repository",)
    assert HEAD not in found.reason
