"""Which changes of a sequence matter, whose it is, and how it is named."""

import pytest

from tests.judging import judged, names

BEFORE = 'CREATE TABLE "Order" ("id" SERIAL, "number" INT DEFAULT nextval(\'numbers\'::regclass));'


def said(sql: str, before: str = BEFORE) -> list[str]:
    found = judged(sql, before=(before,)).findings
    return [each.message for each in found if each.rule == "sequence-changed"]


@pytest.mark.parametrize(
    "change", ["RESTART", "RESTART WITH 5", "INCREMENT BY 10", "CYCLE", 'OWNED BY "Order"."number"']
)
def test_a_change_of_how_it_counts_is_found(change: str) -> None:
    assert len(said(f"ALTER SEQUENCE numbers {change};")) == 1


@pytest.mark.parametrize("change", ["NO CYCLE", "MAXVALUE 5000000000", "OWNED BY NONE", "START 5"])
def test_a_change_that_gives_no_number_twice_is_quiet(change: str) -> None:
    assert said(f"ALTER SEQUENCE numbers {change};") == []


def test_each_change_is_told_apart() -> None:
    assert said("ALTER SEQUENCE numbers RESTART INCREMENT BY 2;") == [
        "The sequence numbers starts over, at numbers that may be taken.",
        "The sequence numbers counts in other steps.",
    ]


def test_the_sequence_of_an_identity_column_is_found_by_its_column() -> None:
    assert said('ALTER TABLE "Order" ALTER COLUMN "id" RESTART WITH 1;') == [
        "The sequence of Order.id starts over, at numbers that may be taken."
    ]


def test_the_sequence_of_an_old_table_is_not_new_because_another_table_is() -> None:
    assert said('CREATE TABLE n (id SERIAL); ALTER SEQUENCE "Order_id_seq" RESTART;') != []


def test_a_sequence_that_an_old_and_a_new_table_share_is_not_new() -> None:
    new = "CREATE TABLE n (id INT DEFAULT nextval('numbers'));"
    assert said(new + "ALTER SEQUENCE numbers RESTART;") != []


def test_dropping_the_sequence_of_another_default_is_found() -> None:
    before = "CREATE SEQUENCE numbers;" + BEFORE
    kept = 'ALTER TABLE "Order" ALTER COLUMN "id" DROP DEFAULT; DROP SEQUENCE numbers;'
    freed = 'ALTER TABLE "Order" ALTER COLUMN "number" DROP DEFAULT; DROP SEQUENCE numbers;'
    assert "sequence-dropped" in names(judged(kept, before=(before,)))
    assert "sequence-dropped" not in names(judged(freed, before=(before,)))
