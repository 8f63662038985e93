"""Names and values that somebody would like to be read as SQL, and lists read apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.quoting import quoted
from bot.drafting.text import array, first_name, listed, literal, options, parts_of, path

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("user", '"user"'),
        ('a"b', '"a""b"'),
        ('"; DROP TABLE x; --', '"""; DROP TABLE x; --"'),
        ("ünïcode ☃", '"ünïcode ☃"'),
        ("from.where", '"from.where"'),
    ],
)
def test_a_name_is_one_name(name: str, expected: str) -> None:
    assert quoted(name) == expected


@given(NAMES)
def test_nothing_leads_out_of_a_name(name: str) -> None:
    inside = quoted(name)[1:-1]
    assert '"' not in inside.replace('""', "")
    assert inside.replace('""', '"') == name


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_nothing_leads_out_of_a_value(text: str) -> None:
    written = literal(text).strip()
    escaped = written.startswith("E")
    inside = written.removeprefix("E")[1:-1]
    assert "'" not in inside.replace("''", "")
    back = inside.replace("''", "'")
    assert (back.replace("\\\\", "\\") if escaped else back) == text
    assert escaped == ("\\" in text)


@given(st.lists(NAMES.filter(lambda name: "(" not in name), min_size=1, max_size=3))
def test_an_identity_leads_back_to_its_names(names: list[str]) -> None:
    identity = ".".join(quoted(each) if "." in each or '"' in each else each for each in names)
    assert parts_of(identity) == tuple(names)
    assert path(*names) == ".".join(quoted(each) for each in names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b", ["a", "b"]),
        ("'it''s, one', 'two'", ["'it''s, one'", "'two'"]),
        ("price numeric(10,2), name text", ["price numeric(10,2)", "name text"]),
        ('"a, b" CHECK ((VALUE > 0)), c CHECK (f(1, 2))', None),
        ("", []),
    ],
)
def test_a_list_is_cut_where_nothing_encloses(text: str, expected: list[str] | None) -> None:
    wanted = ['"a, b" CHECK ((VALUE > 0))', "c CHECK (f(1, 2))"] if expected is None else expected
    assert listed(text) == wanted


def test_arrays_and_options_are_read_as_postgresql_prints_them() -> None:
    assert array(r'{a,"b c","d\"e"}') == ["a", "b c", 'd"e']
    assert options("{fillfactor=70,user_catalog_table=true}") == {
        "fillfactor": "70",
        "user_catalog_table": "true",
    }
    assert options("") == {}


def test_the_first_name_of_a_text_is_taken_as_it_is_written() -> None:
    assert first_name('"a ""b" int') == ('"a ""b"', "int")
    assert first_name("a text") == ("a", "text")
