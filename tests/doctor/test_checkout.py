"""What is said of a checkout."""

import pytest

from bot.core.doctor.check import State, Trouble
from bot.core.doctor.checkout import CheckoutLook, LineEnds
from bot.core.migrations.history import History
from bot.doctor import checkout as doctor
from tests.fakes.values import migration

FOLDER = "prisma/migrations"
FILE = f"{FOLDER}/20260101000000_init/migration.sql"
HISTORY = History(FOLDER, (migration("20260101000000_init"),), provider="postgresql")
GONE = Trouble("There is no migrations folder.", "Name it.")


def ends(index: str, worktree: str, attributes: str = "", autocrlf: str = "") -> State:
    look = CheckoutLook("/shop", False, autocrlf, (LineEnds(FILE, index, worktree, attributes),))
    return doctor.line_ends(look, FOLDER).state


def test_the_folder_is_there_or_says_why_not() -> None:
    assert doctor.folder(HISTORY).said == f"1 migration in {FOLDER}."
    assert doctor.folder(GONE).state is State.FAIL
    assert doctor.folder(GONE).advice == "Name it."
    assert doctor.folder(History(FOLDER)).state is State.PASS


def test_files_that_cannot_be_read_and_folders_without_a_script_are_named() -> None:
    unreadable = History(FOLDER, unreadable={FILE: "Permission denied"})
    assert doctor.folder(unreadable).state is State.FAIL
    assert f"{FILE}: Permission denied" in doctor.folder(unreadable).said
    incomplete = History(FOLDER, incomplete=("20260102000000_empty",))
    assert doctor.folder(incomplete).state is State.WARN
    assert "git rm -r prisma/migrations/20260102000000_empty" in doctor.folder(incomplete).advice


@pytest.mark.parametrize("provider", ["postgresql", "postgres"])
def test_a_lock_file_names_postgresql(provider: str) -> None:
    assert doctor.lock_file(History(FOLDER, provider=provider)).state is State.PASS


@pytest.mark.parametrize("provider", [None, "", "mysql", "sqlite", "sqlserver"])
def test_another_lock_file_or_none_fails(provider: str | None) -> None:
    found = doctor.lock_file(History(FOLDER, provider=provider))
    assert found.state is State.FAIL
    assert "prisma/migrations/migration_lock.toml" in found.advice


def test_without_a_folder_no_lock_file_is_looked_for() -> None:
    assert doctor.lock_file(GONE).state is State.SKIPPED


@pytest.mark.parametrize(
    ("index", "worktree", "attributes", "autocrlf"),
    [
        ("lf", "lf", "", ""),
        ("lf", "lf", "", "false"),
        ("crlf", "crlf", "", ""),
        ("mixed", "mixed", "-text", "true"),
        ("lf", "lf", "-text", "true"),
        ("lf", "lf", "text eol=lf", "true"),
        ("lf", "lf", "text=auto eol=lf", "true"),
        ("none", "none", "", "true"),
        ("-text", "-text", "", "true"),
        ("lf", "", "-text", ""),
    ],
)
def test_line_ends_that_are_the_same_everywhere_pass(
    index: str, worktree: str, attributes: str, autocrlf: str
) -> None:
    assert ends(index, worktree, attributes, autocrlf) is State.PASS


@pytest.mark.parametrize(
    ("attributes", "autocrlf"),
    [("", "true"), ("", "input"), ("text=auto", ""), ("text", ""), ("text eol=crlf", "")],
)
def test_line_ends_that_another_machine_may_write_are_worth_a_look(
    attributes: str, autocrlf: str
) -> None:
    assert ends("lf", "lf", attributes, autocrlf) is State.WARN


def test_windows_line_ends_that_git_would_take_away_are_worth_a_look() -> None:
    assert ends("crlf", "crlf", "text=auto eol=lf") is State.WARN


@pytest.mark.parametrize("attributes", ["", "-text", "text=auto", "text eol=crlf"])
def test_line_ends_that_differ_from_git_fail(attributes: str) -> None:
    look = CheckoutLook("/shop", line_ends=(LineEnds(FILE, "lf", "crlf", attributes),))
    found = doctor.line_ends(look, FOLDER)
    assert found.state is State.FAIL
    assert f"1 file, such as {FILE}, has other line ends" in found.said
    assert "`prisma/migrations/** -text`" in found.advice


def test_a_base_or_why_there_is_none() -> None:
    assert doctor.base("origin/main").said == "A check compares with origin/main."
    none = doctor.base(Trouble("There is no base to compare with.", "Fetch it."))
    assert (none.state, none.advice) == (State.FAIL, "Fetch it.")


def test_a_shallow_clone_is_worth_a_look() -> None:
    found = doctor.clone(CheckoutLook("/shop", shallow=True))
    assert found.state is State.WARN
    assert "git fetch --unshallow" in found.advice
    assert doctor.clone(CheckoutLook("/shop")).state is State.PASS


def test_without_a_repository_what_git_knows_is_skipped() -> None:
    found = {each.name: each.state for each in doctor.checkout_checks(CheckoutLook(None), HISTORY)}
    assert found == {
        "folder": State.PASS,
        "lock-file": State.PASS,
        "line-ends": State.SKIPPED,
        "base": State.SKIPPED,
        "clone": State.SKIPPED,
    }
