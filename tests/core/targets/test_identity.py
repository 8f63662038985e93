"""Identities, pins and marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.targets.identity import Identity, Mark, Pin, marked, read_mark

HERE = Identity("7389", "shop", 16384, "db.example")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Identity("7389", "renamed", 16384, "replica.example"), True),
        (Identity("7389", "shop", 16385, "db.example"), False),
        (Identity("7390", "shop", 16384, "db.example"), False),
        # Where a server does not say which it is, the host stands in.
        (Identity("", "shop", 16384, "db.example"), True),
        (Identity("", "shop", 16384, "other.example"), False),
    ],
)
def test_a_database_is_its_server_and_its_number(other: Identity, same: bool) -> None:
    assert HERE.is_same(other) is same


def test_only_what_is_pinned_is_compared() -> None:
    assert Pin().mismatches(HERE) == ()
    assert Pin("7389", "shop", "db.example").mismatches(HERE) == ()
    assert Pin(database="other").mismatches(HERE) == (("database", "other", "shop"),)


def test_a_mark_is_one_stable_line() -> None:
    assert marked("staging", HERE) == (
        "migration-bot v1 target=staging system=7389 database=shop oid=16384 host=db.example"
    )


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "kept by the platform team",
        "migration-bot v2 target=a oid=1",
        "migration-bot v1 target=a",
        "migration-bot v1 oid=1",
        "migration-bot v1 target=a oid=one",
        "see also: migration-bot v1 target=a oid=1",
    ],
)
def test_what_is_not_a_mark_of_ours_is_not_read_as_one(comment: str | None) -> None:
    assert read_mark(comment) is None


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(), st.integers(0, 2**32))
def test_a_mark_is_read_back_as_it_was_written(target: str, host: str, oid: int) -> None:
    host = host.encode("utf-8", "ignore").decode()
    mark = Mark(target, Identity("1", target, oid, host))
    assert "\n" not in mark.text()
    assert read_mark(mark.text()) == mark
