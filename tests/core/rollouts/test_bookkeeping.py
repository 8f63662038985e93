from dataclasses import replace

import pytest

from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.bookkeeping import listed, require_kept, require_same_rows, touches_rows
from bot.core.rollouts.plan import Plan, make_plan
from bot.errors import HistoryError
from tests.fakes import NOON, applied, migration

FIRST, SECOND = applied(migration("1_first")), applied(migration("2_second"))
OWN = applied(migration("3_own"), finished=False)
ROWS = (FIRST, SECOND, OWN)


@pytest.mark.parametrize(
    ("texts", "touches"),
    [
        (["SELECT 1", 'DELETE FROM "_prisma_migrations"'], True),
        (["TRUNCATE _PRISMA_Migrations"], True),
        (["SELECT * FROM prisma_migrations"], False),
        ([], False),
    ],
)
def test_a_text_is_at_the_table_if_it_names_it(texts: list[str], touches: bool) -> None:
    assert touches_rows(texts) is touches


def test_what_becomes_of_the_own_row_is_no_matter_here() -> None:
    require_same_rows(ROWS, ROWS, OWN.id)
    require_same_rows(ROWS, (SECOND, FIRST, replace(OWN, finished_at=NOON)), OWN.id)
    require_same_rows((FIRST, SECOND), ROWS, OWN.id)


@pytest.mark.parametrize(
    "after",
    [
        (SECOND, OWN),
        (*ROWS[1:], replace(FIRST, checksum="x")),
        (*ROWS[1:], replace(FIRST, rolled_back_at=NOON)),
        (*ROWS, applied(migration("1_first_again"))),
    ],
)
def test_every_change_of_another_row_is_told_with_its_name(
    after: tuple[AppliedMigration, ...],
) -> None:
    with pytest.raises(HistoryError, match=r"changes what _prisma_migrations says of 1_first"):
        require_same_rows(ROWS, after, OWN.id)


def plan(*rows: AppliedMigration) -> Plan:
    return make_plan("staging", [migration("1_first"), migration("2_second")], rows)


def test_what_was_applied_before_has_to_be_there_afterwards_as_it_was() -> None:
    require_kept(plan(FIRST), plan(FIRST, SECOND))
    require_kept(plan(replace(FIRST, finished_at=None)), plan(FIRST))

    for after in (plan(SECOND), plan(replace(FIRST, checksum="x"), SECOND)):
        with pytest.raises(HistoryError, match="was changed for 1_first, which had been applied"):
            require_kept(plan(FIRST), after)


def test_a_long_list_is_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(list("abcdefg"), most=3) == "a, b, c and 4 more"
