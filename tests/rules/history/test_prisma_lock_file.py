import pytest

from bot.core.findings.rule import Hit
from bot.rules.history import prisma_lock_file as rule
from tests.rules.history.changes import FIRST, FOLDER, change, everything, history, hits

PATH = f"{FOLDER}/migration_lock.toml"
RESTORE = f"git checkout origin/main -- {PATH}"
LOCKED = history(FIRST)


def test_another_provider_is_told_with_the_way_back() -> None:
    message = "The provider in migration_lock.toml changes from postgresql to sqlite."
    assert hits(rule, change(history(FIRST, provider="sqlite"), LOCKED)) == [
        Hit(message, path=PATH, fix=RESTORE)
    ]


def test_a_provider_that_was_another_all_along_is_told() -> None:
    base = history(FIRST, provider="mysql")
    (hit,) = hits(rule, change(base, base))
    message = "Prisma reads the provider in migration_lock.toml as mysql, not postgresql."
    assert (hit.message, hit.fix) == (message, None)


@pytest.mark.parametrize("provider", ["postgres", 'provider="postgresql', "'postgresql'"])
def test_what_prisma_reads_otherwise_than_a_person_is_told(provider: str) -> None:
    (hit,) = hits(rule, everything(history(FIRST, provider=provider)))
    assert provider in hit.message


def test_a_file_without_provider_is_told() -> None:
    (hit,) = hits(rule, everything(history(FIRST, provider="")))
    assert hit.message == "Prisma finds no provider in migration_lock.toml."


def test_a_deleted_file_is_told_with_the_way_back() -> None:
    (hit,) = hits(rule, change(history(FIRST, provider=None), LOCKED))
    assert (hit.message, hit.fix) == (f"This deletes {PATH}.", RESTORE)


def test_a_right_file_is_quiet() -> None:
    assert hits(rule, change(LOCKED, LOCKED)) == []
    assert hits(rule, change(LOCKED, history(FIRST, provider=None))) == []
    assert hits(rule, change(LOCKED, history(FIRST, provider="sqlite"))) == []
    assert hits(rule, everything(LOCKED)) == []


def test_a_file_that_never_was_is_another_rules() -> None:
    none = history(FIRST, provider=None)
    assert hits(rule, change(none, none)) == []
    assert hits(rule, everything(none)) == []


def test_a_file_that_cannot_be_read_is_another_rules() -> None:
    head = history(FIRST, provider=None, unreadable={"migration_lock.toml": "not a file"})
    assert hits(rule, change(head, LOCKED)) == []
