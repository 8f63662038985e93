from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.gates.staging_first import staging_first_gate
from bot.core.migration import checksum_of
from bot.core.settings import default_targets
from tests.fakes import migration

PRODUCTION = default_targets()["production"]
ADD = migration("20260101000000_add", "CREATE TABLE a()")


def test_staging_first_wants_the_same_text_applied_there() -> None:
    assert staging_first_gate(PRODUCTION, [ADD], {ADD.name: ADD.checksum}).open


def test_staging_with_other_line_ends_applied_the_same_text() -> None:
    here = replace(ADD, sql="a\r\nb")

    assert staging_first_gate(PRODUCTION, [here], {here.name: checksum_of("a\nb")}).open


@pytest.mark.parametrize(
    ("earlier", "says"),
    [
        (None, "nothing could say"),
        ({}, "has not applied"),
        ({ADD.name: "0" * 64}, "another text"),
    ],
)
def test_staging_first_is_closed_with_a_reason_and_a_way(
    earlier: Mapping[str, str] | None, says: str
) -> None:
    found = staging_first_gate(PRODUCTION, [ADD], earlier)

    assert not found.open
    assert says in found.reason
    assert found.hint
