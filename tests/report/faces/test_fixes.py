"""Fixes taken apart into prose and what is there to paste."""

import pytest

from bot.report.faces.fixes import Part, only_command, parts_of


def test_prose_stays_prose() -> None:
    text = "Build it with CREATE INDEX CONCURRENTLY, alone in its own migration."
    assert parts_of(text) == (Part(text),)


def test_a_command_is_code_to_paste() -> None:
    assert parts_of("Rename it:\ngit mv a b") == (Part("Rename it:"), Part("git mv a b", "sh"))


def test_a_command_after_a_colon_gets_a_line_of_its_own() -> None:
    expected = (Part("Give it a new timestamp:"), Part("git mv a b", "sh"))
    assert parts_of("Give it a new timestamp: `git mv a b`.") == expected
    running = "Take it out; correct the record with `migration-bot resolve`."
    assert parts_of(running) == (Part(running),)


def test_sql_over_several_lines_stays_together() -> None:
    assert parts_of("First,\n-- step 1\nALTER TABLE a (\n  x int\n);\nthen wait.") == (
        Part("First,"),
        Part("-- step 1\nALTER TABLE a (\n  x int\n);", "sql"),
        Part("then wait."),
    )


@pytest.mark.parametrize("fix", ["", "  \n "])
def test_nothing_has_no_parts(fix: str) -> None:
    assert parts_of(fix) == ()


def test_the_only_command_of_a_fix_can_be_named() -> None:
    assert only_command("Rename it:\n$ git mv a b") == "git mv a b"
    assert only_command("git mv a b\ngit mv c d") == ""
    assert only_command("git mv a b\nor\ngit mv c d") == ""
    assert only_command("CREATE INDEX x;") == ""
    assert only_command("git mv `a` b") == ""
