"""Characters that are not what they seem, by where they stand."""

import pytest

from bot.sql.characters import suspicious_characters, turned_data


@pytest.mark.parametrize(
    ("sql", "offset", "name"),
    [
        ("SELECT\u00a01", 6, "a no-break space (U+00A0)"),
        ("SELECT \x1a1", 7, "a control character (U+001A)"),
        ('SELECT "a\x1b"', 9, "a control character (U+001B)"),
        ('DROP TABLE "a\u200b"', 13, "a zero-width space (U+200B)"),
        ("SELECT ‘a’", 7, "a typographic quotation mark (U+2018)"),
        ("SELECT 2 – 1", 9, "a typographic dash (U+2013)"),
        ("SELECT 1；", 8, "a full-width character (U+FF1B)"),
        ("SELECT 1 -- \u202e", 12, "a text direction mark (U+202E)"),
    ],
)
def test_it_is_found_in_code(sql: str, offset: int, name: str) -> None:
    assert suspicious_characters(sql)[0] == (offset, name)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a – “b”\u00a0\x1b'",
        "-- a – “b”\u00a0c\nSELECT 1",
        'SELECT 1 AS "a – “b”（c）"',
        "SELECT größe, 名前, имя FROM naïve",
        "SELECT\n\t1;\r\n\f\v",
    ],
)
def test_it_is_quiet_where_a_reader_is_not_misled(sql: str) -> None:
    assert suspicious_characters(sql) == []


def test_data_that_turns_the_text_around_it_is_told_apart() -> None:
    assert turned_data("SELECT 'שלום\u200f'") == []
    assert turned_data("SELECT 'a\u202eb'") == [(9, "a text direction mark (U+202E)")]
    assert suspicious_characters("SELECT 'a\u202eb'") == []
