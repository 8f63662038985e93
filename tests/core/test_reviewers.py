"""Who is asked for a review."""

from dataclasses import replace

import pytest

from bot.core.reviewers import Reviewers, reviewers_for
from bot.core.risk import Risk
from bot.core.target import Kind, Target

TARGET = Target("production", Kind.PRODUCTION, "URL", approvals=1, approvers=("grace", "Alan"))


def test_logins_and_teams_know_no_case() -> None:
    asked = Reviewers(("grace", "Alan"), ("dba", "Ops"))
    assert asked.without(Reviewers(("GRACE",), ("ops",))) == Reviewers(("Alan",), ("dba",))
    assert not asked.without(asked)


@pytest.mark.parametrize("risk", Risk)
def test_those_are_asked_whose_approval_counts(risk: Risk) -> None:
    assert reviewers_for(TARGET, risk) == Reviewers(("grace", "Alan"))


@pytest.mark.parametrize("changes", [{"approvals": 0}, {"approvers": ()}], ids=str)
def test_nobody_is_asked_where_anybody_would_do(changes: dict[str, object]) -> None:
    assert not reviewers_for(replace(TARGET, **changes), Risk.HIGH)  # type: ignore[arg-type]
