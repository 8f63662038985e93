import pytest

from bot.core.findings.rule import Hit
from bot.core.migrations.history import History
from bot.core.migrations.statement import Position
from bot.rules.history import prisma_edited_applied as rule
from tests.rules.history.changes import (
    FIRST,
    FOLDER,
    MERGED,
    NEW,
    change,
    everything,
    history,
    hits,
)

TEXT = "CREATE TABLE a ();\nCREATE TABLE b ();\n"
BASE = history(texts={FIRST: TEXT})


def edited(text: str) -> History:
    return history(texts={FIRST: text})


def test_an_edited_migration_is_told_with_its_line_and_the_way_back() -> None:
    path = f"{FOLDER}/{FIRST}/migration.sql"
    assert hits(rule, change(edited(TEXT.replace("b", "c")), BASE)) == [
        Hit(
            f"{FIRST} is already in main, and has changed here.",
            at=Position(2, 1),
            path=path,
            fix=f"git checkout origin/main -- {path}",
        )
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("-- new first line\n" + TEXT, 1),
        (TEXT + "SELECT 1;\n", 3),
        ("CREATE TABLE a ();\n", 2),
        ("", 1),
        (TEXT.replace("\n", "\r\n").replace("b", "c"), 2),
        (TEXT + " ", 3),
    ],
)
def test_the_first_line_that_differs_is_named(text: str, line: int) -> None:
    (hit,) = hits(rule, change(edited(text), BASE))
    assert hit.at == Position(line, 1)


def test_only_other_line_endings_are_no_edit() -> None:
    windows = TEXT.replace("\n", "\r\n")
    assert hits(rule, change(edited(windows), BASE)) == []
    assert hits(rule, change(edited(TEXT), edited(windows))) == []


def test_mixed_line_endings_made_uniform_are_an_edit_for_prisma_too() -> None:
    mixed = "SELECT 1;\r\nSELECT 2;\n"
    assert len(hits(rule, change(edited("SELECT 1;\nSELECT 2;\n"), edited(mixed)))) == 1


@pytest.mark.parametrize(
    "head",
    [MERGED, history(*MERGED.names, NEW), history(*MERGED.names, incomplete=[NEW]), history(FIRST)],
    ids=["nothing", "added", "incomplete", "deleted"],
)
def test_other_changes_are_quiet(head: History) -> None:
    assert hits(rule, change(head)) == []


def test_an_edit_that_only_the_base_made_is_quiet() -> None:
    assert hits(rule, change(edited("SELECT 1;"), BASE, behind=[FIRST])) == []


def test_without_a_base_there_is_nothing_to_compare() -> None:
    assert hits(rule, everything(edited(TEXT))) == []
