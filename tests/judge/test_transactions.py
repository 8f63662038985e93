"""Which files commit as one, under migration-bot and under each Prisma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judging import judged

TWO = "CREATE TABLE a (id INT); CREATE TABLE b (id INT);"
BLOCK = TWO + " DO $$ BEGIN NULL; END $$;"
ALONE = "CREATE INDEX CONCURRENTLY i ON a (id);"
ONE_MESSAGE = (None, "5.22.0", "6.19.0", "7.3.0")
SPLITTING = ("7.4.0", "7.8.0")


def atomic(sql: str, prisma: str | None) -> bool:
    return judged(sql, before=["CREATE TABLE a (id INT);"], prisma=prisma).atomic


@pytest.mark.parametrize("prisma", ONE_MESSAGE)
def test_a_file_is_one_transaction_before_prisma_splits_it(prisma: str | None) -> None:
    assert atomic(TWO, prisma)


@pytest.mark.parametrize("prisma", SPLITTING)
def test_a_split_file_is_not_one_transaction(prisma: str) -> None:
    assert not atomic(TWO, prisma)
    assert atomic("CREATE TABLE b (id INT);", prisma)


@pytest.mark.parametrize("prisma", [*ONE_MESSAGE, *SPLITTING])
def test_what_the_splitter_cannot_read_keeps_the_file_whole(prisma: str | None) -> None:
    assert atomic(BLOCK, prisma)


@pytest.mark.parametrize("prisma", [*ONE_MESSAGE, *SPLITTING])
def test_an_explicit_transaction_is_one_everywhere(prisma: str | None) -> None:
    assert atomic(f"BEGIN; {TWO} COMMIT;", prisma)


@pytest.mark.parametrize("prisma", [*ONE_MESSAGE, *SPLITTING])
def test_what_runs_outside_a_transaction_is_never_atomic(prisma: str | None) -> None:
    assert not atomic(ALONE, prisma)


def test_who_runs_the_file_decides_whether_it_is_atomic() -> None:
    before = ["CREATE TABLE a (id INT);"]
    block = judged(f"BEGIN; {TWO} COMMIT;", before=before)
    index = judged("CREATE INDEX CONCURRENTLY i ON a (id);", before=before)

    assert judged(TWO, before=before).atomic_under == {
        "migration-bot": True,
        "prisma <7.4": True,
        "prisma >=7.4": False,
    }
    assert all(block.atomic_under.values())
    assert not any(index.atomic_under.values())


SCRIPTS = st.lists(
    st.sampled_from(
        ["BEGIN;", "COMMIT;", "ROLLBACK;", "CREATE TABLE b (i INT);", "VACUUM a;", "SELECT 1;"]
    ),
    max_size=7,
).map("\n".join)


@given(SCRIPTS)
def test_what_is_said_of_each_is_what_a_judgement_for_it_says(sql: str) -> None:
    under = judged(sql).atomic_under
    assert under == {
        "migration-bot": judged(sql).atomic,
        "prisma <7.4": judged(sql, prisma="7.3").atomic,
        "prisma >=7.4": judged(sql, prisma="7.4").atomic,
    }
    assert judged(sql, prisma="7.4").atomic_under == under


BATCHED = "-- migration-bot: batch size=5000\nUPDATE a SET id = id + 1;"


def test_a_change_in_batches_is_not_one_transaction_but_for_prisma() -> None:
    found = judged(BATCHED, before=["CREATE TABLE a (id INT);"])
    assert not found.atomic
    assert found.atomic_under == {
        "migration-bot": False, "prisma <7.4": True, "prisma >=7.4": True
    }  # fmt: skip
    assert atomic(BATCHED, "6.19.0")


def test_prisma_runs_in_one_go_what_is_to_be_batched_and_that_is_an_error() -> None:
    before = ["CREATE TABLE a (id BIGINT PRIMARY KEY, n INT);"]
    sql = "-- migration-bot: batch\nUPDATE a SET n = 1 WHERE n > 1;"
    assert [each.rule for each in judged(sql, before=before).findings] == []
    found = judged(sql, before=before, prisma="6.19.0")
    assert {"batch-impossible", "backfill-unbatched"} <= {each.rule for each in found.findings}
