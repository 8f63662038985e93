"""Findings with what to write instead."""

import pytest

from bot.core.findings.rewrite import Piece, Place, Rewrite
from tests.judging import judged

BEFORE = [
    'CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "n" INT); '
    'CREATE INDEX j ON "Order"("n");'
]
ADD = 'ALTER TABLE "Order" ADD COLUMN "y" INT;'


def rewrites(sql: str) -> dict[str, Rewrite | None]:
    return {each.rule: each.rewrite for each in judged(sql, before=BEFORE).findings}


def test_a_finding_carries_the_rewrite_of_its_rule() -> None:
    found = rewrites(f'{ADD} CREATE INDEX i ON "Order"("n");')
    assert found["index-create-blocking"] == Rewrite(
        (Piece('CREATE INDEX CONCURRENTLY i ON "Order"("n")', Place.APART, "index"),)
    )


def test_a_finding_that_no_machine_can_mend_has_none() -> None:
    assert rewrites('DROP TABLE "Order";')["table-dropped"] is None


def test_only_what_fits_into_the_same_file_is_a_replacement_in_place() -> None:
    found = rewrites('ALTER TABLE "Order" ADD COLUMN IF NOT EXISTS "x" INT;')
    in_place = found["add-column-if-not-exists"]
    assert in_place is not None
    assert in_place.in_place == 'ALTER TABLE "Order" ADD COLUMN "x" INT'
    apart = rewrites(f'{ADD} CREATE INDEX i ON "Order"("n");')["index-create-blocking"]
    assert apart is not None
    assert apart.in_place is None


@pytest.mark.parametrize(
    ("rule", "sql", "instead"),
    [
        (
            "index-create-blocking",
            'CREATE INDEX i ON "Order"("n");',
            'CREATE INDEX CONCURRENTLY i ON "Order"("n")',
        ),
        ("index-drop-blocking", "DROP INDEX j -- old", "DROP INDEX CONCURRENTLY j"),
        ("reindex-blocking", "REINDEX INDEX j;", "REINDEX INDEX CONCURRENTLY j"),
    ],
)
def test_what_must_be_alone_is_replaced_in_place_where_it_is_alone(
    rule: str, sql: str, instead: str
) -> None:
    found = rewrites(f"-- why\n{sql}\n")[rule]
    assert found is not None
    assert found.in_place == instead


def test_what_needs_more_folders_than_its_own_is_not_replaced_in_place() -> None:
    found = rewrites('ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("n" > 0);')
    split = found["check-add-validating"]
    assert split is not None
    assert split.in_place is None
