"""Source excerpts: the caret stands under the place, whatever is in the line."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.statement import Position, Statement
from bot.report.terminal.source import cells, excerpt


def at(sql: str, line: int, column: int, *, width: int = 60) -> tuple[str, str]:
    found = excerpt(sql, line=line, column=column, statement=None, width=width)
    assert found is not None
    return found.lines[0][1], found.mark


def whole(start: Position, end: Position) -> Statement:
    return Statement(0, "", start, end, "", "", {})


def test_a_place_has_a_single_caret() -> None:
    assert at("SELECT 1;\nSELEC 2;", 2, 7) == ("SELEC 2;", "      ^")


def test_a_statement_is_underlined_to_its_end() -> None:
    found = excerpt(
        "SELECT 1; -- one",
        line=1,
        column=1,
        statement=whole(Position(1, 1), Position(1, 8)),
        width=60,
    )
    assert found is not None
    assert found.mark == "^~~~~~~~"


def test_a_long_statement_is_shown_by_its_first_lines() -> None:
    sql = "SELECT\n1,\n2,\n3,\n4"
    found = excerpt(
        sql, line=1, column=1, statement=whole(Position(1, 1), Position(5, 1)), width=60
    )
    assert found is not None
    assert [text for _, text in found.lines] == ["SELECT", "1,", "2,"]
    assert (found.mark, found.more) == ("^~~~~~", 2)


def test_tabs_and_wide_characters_move_the_caret() -> None:
    assert at("\tx", 1, 2) == ("    x", "    ^")
    assert at("日本 x", 1, 4) == ("日本 x", "     ^")


def test_invisible_characters_are_shown_and_move_the_caret() -> None:
    text, mark = at("\u202ex", 1, 2)
    assert text == "⟦U+202E⟧x"
    assert mark == " " * 8 + "^"


def test_a_place_far_to_the_right_is_kept_in_sight() -> None:
    text, mark = at("x" * 500 + "HERE" + "y" * 500, 1, 501, width=40)
    assert text[mark.index("^") :].startswith("HERE")
    assert cells(text) == 40


def test_a_line_that_is_not_there_has_no_excerpt() -> None:
    assert excerpt("one", line=2, column=1, statement=None, width=40) is None


@given(
    st.text(max_size=300),
    st.integers(1, 5),
    st.integers(1, 400),
    st.integers(8, 200),
)
def test_an_excerpt_fits_its_width(sql: str, line: int, column: int, width: int) -> None:
    found = excerpt(sql, line=line, column=column, statement=None, width=width)
    if found is None:
        assert line > sql.count("\n") + 1
        return
    assert all(cells(text) <= width for _, text in found.lines)
    assert found.mark.count("^") == 1
    assert len(found.mark) <= width + 1
