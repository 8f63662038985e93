"""Findings with what to write instead."""

from bot.core.rewrite import Piece, Place, Rewrite
from tests.judging import judged

BEFORE = ['CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "n" INT);']


def rewrites(sql: str) -> dict[str, Rewrite | None]:
    return {each.rule: each.rewrite for each in judged(sql, before=BEFORE).findings}


def test_a_finding_carries_the_rewrite_of_its_rule() -> None:
    assert rewrites('CREATE INDEX i ON "Order"("n");')["index-create-blocking"] == Rewrite(
        (Piece('CREATE INDEX CONCURRENTLY i ON "Order"("n")', Place.APART, "index"),)
    )


def test_a_finding_that_no_machine_can_mend_has_none() -> None:
    assert rewrites('DROP TABLE "Order";')["table-dropped"] is None


def test_only_what_fits_into_the_same_file_is_a_replacement_in_place() -> None:
    found = rewrites('ALTER TABLE "Order" ADD COLUMN IF NOT EXISTS "x" INT;')
    in_place = found["add-column-if-not-exists"]
    assert in_place is not None
    assert in_place.in_place == 'ALTER TABLE "Order" ADD COLUMN "x" INT'
    apart = rewrites('CREATE INDEX i ON "Order"("n");')["index-create-blocking"]
    assert apart is not None
    assert apart.in_place is None
