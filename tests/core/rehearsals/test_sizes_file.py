"""The file of sizes: what is written can be read, and nothing else is believed."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.core.rehearsals.sizes import ColumnSize, RelationKind, RelationSize, RowSource, Sizes
from bot.core.rehearsals.sizes_file import dump, load
from bot.errors import UsageError

PUBLISHED = Path(__file__).parents[3] / "docs/reference/stats.schema.json"
ORDERS = RelationSize(
    "public.orders",
    bytes=840_000_000,
    heap=700_000_000,
    indexes=140_000_000,
    rows=1_200_000,
    rows_from=RowSource.PLANNER,
    writes=40.5,
)
TAKEN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIZES = Sizes("production", TAKEN, 16, (ORDERS, RelationSize("public.users")), seconds=2.0)

COUNTS = st.integers(0, 10**15)
COLUMNS = st.builds(
    ColumnSize,
    st.text(min_size=1).filter(lambda text: text.isprintable()),
    st.floats(0, 1),
    st.floats(-1, 1e9),
    st.integers(0, 10**6),
)
RELATIONS = st.builds(
    RelationSize,
    st.text(min_size=1).filter(lambda text: text.isprintable()),
    st.sampled_from(RelationKind),
    COUNTS,
    COUNTS,
    COUNTS,
    st.none() | COUNTS,
    st.none() | st.sampled_from(RowSource),
    st.none() | st.floats(0, 1e6),
    st.none() | st.just("public.log"),
    st.booleans(),
    st.lists(COLUMNS, max_size=3).map(tuple),
)


def changed(**values: object) -> str:
    return json.dumps(json.loads(dump(SIZES)) | values)


def changed_row(**values: object) -> str:
    row = json.loads(dump(SIZES))["relations"][0]
    return changed(relations=[row | values])


def why_refused(text: str) -> str:
    with pytest.raises(UsageError) as error:
        load(text, path="sizes.json")
    assert error.value.hint == "Write it anew: migration-bot stats TARGET --output sizes.json"
    return error.value.message


def test_a_file_is_what_was_written() -> None:
    assert load(dump(SIZES), path="sizes.json") == SIZES


@given(st.lists(RELATIONS, unique_by=lambda each: each.relation))
def test_any_sizes_can_be_written_and_read(relations: list[RelationSize]) -> None:
    ordered = tuple(sorted(relations, key=lambda each: each.relation))
    sizes = Sizes("production", TAKEN, 16, ordered, schema="app", seconds=2.0)

    text = dump(sizes)

    assert load(text, path="sizes.json") == sizes
    Draft202012Validator(json.loads(PUBLISHED.read_text())).validate(json.loads(text))


def test_a_relation_is_a_line_so_that_changes_can_be_read() -> None:
    lines = dump(SIZES).splitlines()

    assert [each.strip()[:29] for each in lines if "public." in each] == [
        '{"relation": "public.orders",',
        '{"relation": "public.users", ',
    ]
    assert dump(Sizes("a", TAKEN, 16)).endswith('"relations": []\n}\n')


def test_a_file_without_columns_is_as_it_always_was() -> None:
    assert "columns" not in dump(SIZES)


def test_the_time_is_written_in_utc() -> None:
    zone = timezone(timedelta(hours=2))
    sizes = Sizes("production", datetime(2026, 11, 20, 14, 0, tzinfo=zone), 16)

    assert '"taken_at": "2026-11-20T12:00:00Z"' in dump(sizes)


def test_a_later_version_may_add_fields() -> None:
    assert load(changed(later={"a": 1}), path="sizes.json") == SIZES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", 'does not say "schema": 1'),
        ("{}", 'does not say "schema": 1'),
        (changed(schema=2), 'does not say "schema": 1'),
        (changed(target=None), '"target" is missing'),
        (changed(postgres=16), '"postgres" is missing or of the wrong kind'),
        (changed(postgres="x"), '"postgres" is not a major version'),
        (changed(taken_at="yesterday"), '"taken_at" is not a time'),
        (changed(taken_at="0001-01-01T00:00:00+23:00"), '"taken_at" is not a time'),
        (changed(taken_at="2026-11-20T12:00:00"), "does not name its time zone"),
        (changed(relations={}), '"relations" is missing or of the wrong kind'),
        (changed(relations=["public.a"]), "something that is no relation"),
        (changed_row(bytes=-1), '"bytes" is not a count'),
        (changed_row(bytes=True), '"bytes" is not a count'),
        (changed_row(bytes=None), '"bytes" is missing'),
        (changed_row(columns=["id"]), '"columns" holds something that is no column'),
        (changed_row(columns=[{}]), '"column" is missing'),
        (changed_row(columns=[{"column": "id", "null_fraction": 2}]), "is not a fraction"),
        (changed_row(columns=[{"column": "id", "distinct": -2}]), "neither a count nor less"),
        (changed_row(columns=[{"column": "id", "distinct": True}]), '"distinct" is not a count'),
        (changed_row(rows=float("nan")), '"rows" is not a count'),
        (changed_row(rows="many"), '"rows" is not a count'),
        (changed_row(kind="view"), "'view' is none of table, partitioned table"),
        (changed_row(measured="no"), '"measured" is missing or of the wrong kind'),
        (changed(relations=json.loads(dump(SIZES))["relations"] * 2), "is in it twice"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in why_refused(text)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sampled_from(list(json.loads(dump(SIZES)))), JSON)
def test_whatever_stands_there_is_read_or_refused(key: str, value: object) -> None:
    with suppress(UsageError):
        assert isinstance(load(changed(**{key: value}), path="sizes.json"), Sizes)
