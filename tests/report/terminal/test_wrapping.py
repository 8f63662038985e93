"""What somebody copies out of a terminal stays in one piece, however narrow it is."""

import pytest
from rich.cells import cell_len
from rich.text import Text

from bot.report.terminal.lines import Grid, Line, drawn, line
from bot.report.terminal.wrapping import wrap

INDEX = "OrganizationMembershipInvitation_organizationId_idx"
COMMAND = "`migration-bot apply production --dry-run`"
SENTENCE = f"Building {INDEX} blocks writes; {COMMAND} shows what would be done, and 表 too."


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_no_name_and_no_command_is_cut(width: int) -> None:
    found = [each.plain for each in wrap(Text(SENTENCE), width)]

    assert " ".join(found) == SENTENCE
    assert any(INDEX in each for each in found)
    assert any(COMMAND in each for each in found)
    longest = [each for each in found if cell_len(each) > width]
    assert all(" " not in each.replace(COMMAND, "") for each in longest)


def test_it_breaks_as_late_as_it_can() -> None:
    assert [each.plain for each in wrap(Text("one two three"), 7)] == ["one two", "three"]
    assert [each.plain for each in wrap(Text("one two three"), 13)] == ["one two three"]
    assert [each.plain for each in wrap(Text("表表 表表"), 8)] == ["表表", "表表"]


def test_a_backtick_that_nothing_closes_is_a_sign_like_any_other() -> None:
    found = wrap(Text("` " + "one two " * 50), 7)

    assert [each.plain for each in found] == ["` one", *["two one"] * 49, "two"]


def test_styles_and_blank_lines_survive() -> None:
    styled = Text("one ").append("two three", "bold")

    first, second = wrap(styled, 7)

    assert (first.plain, second.plain) == ("one two", "three")
    assert [span.style for span in second.spans] == ["bold"]
    assert [each.plain for each in wrap(Text("a\n\nb"), 9)] == ["a", "", "b"]


def test_what_follows_a_label_stands_below_it() -> None:
    text = drawn([Line((("one two three", ""),), 2, label="why: ")], width=20, colour=False)

    assert text == "  why: one two three\n"
    assert drawn([line("", indent=4)], width=20, colour=False) == "\n"


GRID = Grid(
    ("migration", "state", "since (UTC)"),
    (("20260101000000_init", "applied", "2026-01-01 10:00"), (INDEX, "a migration failed", "")),
)


def test_a_table_that_has_room_is_one() -> None:
    rows = drawn([GRID], width=100, colour=False).splitlines()

    assert rows[0].split() == ["migration", "state", "since", "(UTC)"]
    assert rows[3].split() == [INDEX, "a", "migration", "failed"]
    assert max(map(len, rows)) <= 100


@pytest.mark.parametrize("width", [40, 60])
def test_a_table_that_has_none_becomes_a_list(width: int) -> None:
    text = drawn([GRID], width=width, colour=False)

    assert text == (
        "20260101000000_init\n"
        "  state: applied\n"
        "  since (UTC): 2026-01-01 10:00\n"
        f"{INDEX}\n"
        "  state: a migration failed\n"
    )


def test_only_the_last_column_of_a_table_is_broken() -> None:
    grid = Grid(("name", "why"), ((INDEX, "because " * 20),))

    rows = drawn([grid], width=80, colour=False).splitlines()

    assert sum(INDEX in each for each in rows) == 1
    assert max(map(len, rows)) <= 80
    assert len(rows) > 4
