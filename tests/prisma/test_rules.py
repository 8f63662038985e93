"""The platform's own migrations satisfy our rules, or say why not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.checkout import Checkout
from bot.core.findings.finding import Finding
from bot.core.findings.review import Review
from bot.judge.judge import judge
from bot.rules import RULES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def review() -> Review:
    checkout = Checkout(ROOT, "prisma/migrations", {})
    return judge(checkout.everything(datetime.now(UTC)), RULES)


def test_nothing_is_found_that_is_not_allowed_with_a_reason(review: Review) -> None:
    left: list[Finding] = [each for each in review.all_findings if each.allowed is None]

    assert left == []


def test_every_statement_is_read_and_every_file_is_one_transaction(review: Review) -> None:
    assert [len(each.statements) for each in review.migrations] == [57, 31, 36]
    assert all(each.atomic for each in review.migrations)
    assert all(
        statement.effects.understood for each in review.migrations for statement in each.statements
    )
