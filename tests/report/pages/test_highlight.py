import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.pages.highlight import Code, highlighted
from tests.report.hostile_text import PIECES

ROOM = 1_000_000


def plain(code: Code) -> str:
    """The text that a reader sees."""
    return html.unescape("\n".join(re.sub(r"</?i[^>]*>", "", each) for each in code.lines))


def styled(sql: str) -> list[tuple[str, str]]:
    code = "\n".join(highlighted(sql, ROOM).lines)
    return [
        (style, html.unescape(text))
        for style, text in re.findall(r'<i class="(.)">(.*?)</i>', code)
    ]


def test_words_strings_names_numbers_and_comments_have_a_colour_each() -> None:
    sql = """-- why\nALTER TABLE "Order" ADD n int DEFAULT 42, ADD t text DEFAULT 'it''s';"""
    assert styled(sql) == [
        ("c", "-- why"),
        ("k", "ALTER"),
        ("k", "TABLE"),
        ("q", '"Order"'),
        ("k", "ADD"),
        ("k", "DEFAULT"),
        ("n", "42"),
        ("k", "ADD"),
        ("k", "DEFAULT"),
        ("s", "'it'"),
        ("s", "'s'"),
    ]


def test_a_body_in_dollars_is_one_string_on_each_of_its_lines() -> None:
    assert styled("DO $x$\nSELECT '$$'; -- no\n$x$;") == [
        ("k", "DO"),
        ("s", "$x$"),
        ("s", "SELECT '$$'; -- no"),
        ("s", "$x$"),
    ]


def test_what_does_not_end_goes_to_the_end() -> None:
    assert styled("SELECT 'a\nb")[1:] == [("s", "'a"), ("s", "b")]
    assert styled("/* a\nb") == [("c", "/* a"), ("c", "b")]


@given(
    st.lists(
        st.sampled_from([*PIECES, "SELECT", "'", '"', "$$", "$a$", "--", "/*", "*/", "\n", " "])
    )
)
def test_nothing_is_lost_and_nothing_becomes_markup(pieces: list[str]) -> None:
    text = "".join(pieces)
    code = highlighted(text, ROOM)
    assert plain(code) == text.rstrip("\n")
    assert code.left == 0
    markup = re.sub(r'<i class="[csqnk]">|</i>', "", "\n".join(code.lines))
    assert "<" not in markup
    assert ">" not in markup


def test_each_line_closes_what_it_opens() -> None:
    code = highlighted("/* a\n'b\n*/ '\n$$\n", ROOM)
    assert [each.count("<i") - each.count("</i>") for each in code.lines] == [0] * len(code.lines)


def test_only_as_much_as_there_is_room_for_and_the_rest_counted() -> None:
    code = highlighted("SELECT 1;\n" * 100, 400)
    assert 0 < len(code.lines) < 100
    assert sum(map(len, code.lines)) <= 400
    assert len(code.lines) + code.left == 100


def test_a_first_line_that_has_no_room_is_said_to_be_there() -> None:
    assert highlighted("x" * 500, 100) == Code(("…",), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["$" * 40_000, "$a" * 40_000, "'" * 40_001, "/*" * 40_000, '"' * 40_001]
)
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    began = time.monotonic()
    highlighted(text, ROOM)
    assert time.monotonic() - began < 2
