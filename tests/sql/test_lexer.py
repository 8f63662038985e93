"""Comments, literals and quoted names, told apart as PostgreSQL does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.statement import Position
from bot.sql.lexer import Lines, Part, code_of, comment_text, pieces


def parts(text: str, part: Part) -> list[str]:
    return [text[each.start : each.end] for each in pieces(text) if each.part is part]


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("'a''b' 'c'", ["'a''b'", "'c'"]),
        (r"E'a\'b' 'c\' d", [r"E'a\'b'", r"'c\'"]),
        ("$$ ' $$ $a$ $$ $a$", ["$$ ' $$", "$a$ $$ $a$"]),
        ("a$b$c 'x'", ["'x'"]),
        ("$1 'x'", ["'x'"]),
        ("'never closed", ["'never closed"]),
        ("-- 'no'\n'yes'", ["'yes'"]),
    ],
)
def test_literals_are_found(text: str, literals: list[str]) -> None:
    assert parts(text, Part.LITERAL) == literals


def test_block_comments_nest() -> None:
    text = "/* a /* b */ c */ d"
    assert parts(text, Part.COMMENT) == ["/* a /* b */ c */"]


def test_quoted_names_hide_comments() -> None:
    assert parts('"a -- ""b" -- c', Part.NAME) == ['"a -- ""b"']


@given(st.text(alphabet="'\"$a/*- \n\\eE;1é"))
def test_pieces_cover_the_text_exactly(text: str) -> None:
    assert "".join(text[each.start : each.end] for each in pieces(text)) == text


def test_lines_count_from_one() -> None:
    lines = Lines("ab\ncd\n")
    assert [lines.at(offset) for offset in (0, 2, 3, 6)] == [
        Position(1, 1),
        Position(1, 3),
        Position(2, 1),
        Position(3, 1),
    ]


def test_comment_marks_are_taken_away() -> None:
    assert comment_text("--  a ") == "a"
    assert comment_text("/*\n  a\n * b\n*/") == "a\nb"


def test_the_code_of_a_text_is_without_comments_literals_and_quoted_names() -> None:
    assert code_of("SELECT 'a', \"b\" -- c\n /* d */ + 1") == "SELECT ,  \n  + 1"
