"""What is kept, and whether it is all of a loss."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.kept.kept import Conflict, Kept
from bot.core.kept.loss import Losing, Loss
from bot.core.kept.table import KeptColumn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = KeptColumn("id", "integer")
KEPT = Kept("kept_1", "r", "m", 2, 5, Losing.DELETED, "shop", "a.b", (ID,), (ID,), 7, 1, NOON, NOON)
LOSS = Loss(2, 5, Losing.DELETED, '"a.b"', "public.a.b")


@pytest.mark.parametrize(
    ("kept", "loss", "covers"),
    [
        (KEPT, LOSS, True),
        (KEPT, replace(LOSS, statement=3), False),
        (KEPT, replace(LOSS, kind=Losing.UPDATED), False),
        (KEPT, replace(LOSS, relation="public.c"), False),
        (replace(KEPT, partial=True), LOSS, False),
        (KEPT, replace(LOSS, table='"shop"."a.b"', relation="shop.a.b"), True),
        (KEPT, replace(LOSS, table='"other"."a.b"', relation="other.a.b"), False),
    ],
)
def test_a_loss_is_covered_by_what_is_kept_of_its_statement_and_table(
    kept: Kept, loss: Loss, covers: bool
) -> None:
    assert kept.covers(loss) is covers


def test_a_conflict_is_told_with_the_query_that_shows_it() -> None:
    assert str(Conflict("b", "so", 1, "q")) == "1 row of b not given back: so (`q`)"
