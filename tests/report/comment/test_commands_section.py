"""The fold of the last commands in a comment."""

from dataclasses import replace
from datetime import timedelta

from bot.core.github.said import Answered, Reaction
from bot.report.comment.commands_section import commands_section, with_commands
from tests.fakes import NOON

DONE = Answered("grace", NOON, "/migrate plan", Reaction.DONE, "This comment is up to date.")
BODY = "<!-- marker -->\n### Title\n\nText\n\n<sub>Plan · updated</sub>"


def test_without_a_command_there_is_none() -> None:
    assert commands_section(()) == ""
    assert with_commands(BODY, ()) == BODY


def test_who_asked_for_what_and_what_became_of_it() -> None:
    shown = commands_section([DONE])
    assert "👍 `/migrate plan` by `grace` on 2026-11-22 12:00 UTC: This comment" in shown


def test_the_newest_comes_first_and_only_five_are_shown() -> None:
    many = [replace(DONE, login=f"user{n}", at=NOON + timedelta(hours=n)) for n in range(7)]
    shown = commands_section(many)
    places = [shown.find(f"`user{n}`") for n in (6, 5, 4, 3, 2)]
    assert places == sorted(places)
    assert "`user1`" not in shown


def test_it_is_open_when_there_is_something_to_read_in_the_newest() -> None:
    assert "<details open>" in commands_section([DONE])
    assert "<details>" in commands_section([DONE, replace(DONE, answer="")])


def test_an_answer_of_several_lines_is_a_list() -> None:
    assert "\n  - one\n  - two\n" in commands_section([replace(DONE, answer="one\ntwo")])


def test_it_stands_before_the_last_line_and_takes_the_place_of_the_one_before() -> None:
    once = with_commands(BODY, [DONE])
    assert once.startswith("<!-- marker -->\n### Title\n\nText\n\n<!-- commands -->")
    assert once.endswith("<sub>Plan · updated</sub>")
    assert with_commands(once, [DONE]) == once
    assert with_commands(once.replace("\n", "\r\n"), [DONE]) == once
    assert with_commands(once, ()) == BODY


def test_a_comment_without_a_last_line_of_ours_gets_it_at_its_end() -> None:
    assert with_commands("Text\n", [DONE]).startswith("Text\n<!-- commands -->")


def test_what_only_looks_like_the_fold_is_left_where_it_is() -> None:
    sql = "```sql\n<!-- commands -->\nSELECT 1;\n<!-- /commands -->\n\n```\n\n"
    body = BODY.replace("Text\n\n", sql)
    once = with_commands(body, [DONE])
    assert sql in once
    assert with_commands(once, ()) == body


def test_hostile_text_stays_text() -> None:
    said = "@everyone #1 <img src=x> [a](https://e.org)\x1b <!-- /commands -->"
    hostile = Answered("x", NOON, "/migrate `x` | <b> @ada", Reaction.FAILED, said)
    shown = commands_section([hostile])
    assert "<img" not in shown
    assert "@everyone" not in shown
    assert shown.count("<!-- /commands -->") == 1
    assert "[a](" not in shown


def test_a_long_answer_is_clipped() -> None:
    assert len(commands_section([replace(DONE, answer="word " * 2000)])) < 2000
