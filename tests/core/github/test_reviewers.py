"""Who is asked for a review."""

from dataclasses import replace

import pytest

from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need
from bot.core.findings.risk import Risk
from bot.core.github.reviewers import Reviewers, reviewers_for
from bot.core.targets.target import Kind, Target

BY = Approvers(users=("grace", "Alan"))
TARGET = Target("production", Kind.PRODUCTION, "URL", approval=ApprovalPolicy.of(1, BY))


def test_logins_and_teams_know_no_case() -> None:
    asked = Reviewers(("grace", "Alan"), ("dba", "Ops"))
    assert asked.without(Reviewers(("GRACE",), ("ops",))) == Reviewers(("Alan",), ("dba",))
    assert not asked.without(asked)


@pytest.mark.parametrize("risk", Risk)
def test_those_are_asked_whose_approval_counts(risk: Risk) -> None:
    assert reviewers_for(TARGET, risk) == Reviewers(("grace", "Alan"))


@pytest.mark.parametrize("policy", [ApprovalPolicy.of(0, BY), ApprovalPolicy.of(1)], ids=str)
def test_nobody_is_asked_where_anybody_would_do(policy: ApprovalPolicy) -> None:
    assert not reviewers_for(replace(TARGET, approval=policy), Risk.HIGH)


def test_the_risk_says_who_is_asked_and_a_team_by_its_last_name() -> None:
    dba = Need(2, Approvers(teams=("acme/dba",), codeowners=True))
    target = replace(TARGET, approval=ApprovalPolicy(medium=Need(1, BY), high=dba))

    assert not reviewers_for(target, Risk.LOW)
    assert reviewers_for(target, Risk.MEDIUM) == Reviewers(("grace", "Alan"))
    assert reviewers_for(target, Risk.HIGH) == Reviewers(teams=("dba",))
