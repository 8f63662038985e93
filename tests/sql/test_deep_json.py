"""JSON deeper than Python's recursion limit."""

import json
from json.decoder import JSONDecodeError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sql.deep_json import decode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES)
def test_it_reads_what_json_loads_reads(value: Any) -> None:
    text = json.dumps(value)
    assert decode(text) == json.loads(text)


def test_depth_has_no_limit() -> None:
    value = decode("[" * 100_000 + "]" * 100_000)
    depth = 0
    while value:
        value, depth = value[0], depth + 1
    assert depth == 99_999


@pytest.mark.parametrize("text", ["", "[1", "[1] x", "1 2"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JSONDecodeError):
        decode(text)
