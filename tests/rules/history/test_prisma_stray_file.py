import pytest

from bot.core.findings.rule import Hit
from bot.rules.history import prisma_stray_file as rule
from tests.rules.history.changes import FIRST, FOLDER, NEW, change, everything, history, hits


@pytest.mark.parametrize(
    "stray", ["20260301_x.sql", f"{FIRST}/more.sql", f"{FIRST}/up.SQL", f"{FIRST}/x.pgsql"]
)
def test_sql_that_nobody_reads_is_told(stray: str) -> None:
    assert hits(rule, change(history(FIRST, strays=[stray]), history(FIRST))) == [
        Hit(
            f"{FOLDER}/{stray} is not read: nothing in it is ever applied.",
            path=f"{FOLDER}/{stray}",
        )
    ]


def test_a_folder_in_a_migrations_folder_is_told() -> None:
    (hit,) = hits(rule, everything(history(FIRST, strays=[f"{FIRST}/2026/"])))
    assert hit.path == f"{FOLDER}/{FIRST}/2026"
    assert "a folder in a migration's folder" in hit.message


@pytest.mark.parametrize(
    "stray",
    [
        "README.md",
        ".gitkeep",
        ".DS_Store",
        "LICENSE",
        f"{FIRST}/notes.txt",
        f"{FIRST}/data-migration.ts",
        f"{FIRST}/.old.sql",
        f"{FIRST}/.cache/",
    ],
)
def test_what_does_not_look_applied_is_quiet(stray: str) -> None:
    assert hits(rule, change(history(FIRST, strays=[stray]), history(FIRST))) == []


def test_merged_strays_are_not_judged_again() -> None:
    base = history(FIRST, strays=["x.sql"])
    assert hits(rule, change(base, base)) == []


def test_sql_beside_a_missing_script_is_that_fault() -> None:
    head = history(FIRST, incomplete=[NEW], strays=[f"{NEW}/up.sql"])
    assert hits(rule, change(head, history(FIRST))) == []
