"""Names of databases, and lists of names as the catalogue stores them."""

from datetime import UTC, datetime

import pytest

from bot.adapters.postgres.restoring.names import kept_name, scratch_name
from bot.adapters.postgres.restoring.properties import names_in


def test_names_fit_whatever_the_database_is_called() -> None:
    for name in ("a", "x" * 63, "é" * 31):
        for made in (scratch_name(name), kept_name(name, datetime(2026, 1, 2, tzinfo=UTC))):
            assert len(made.encode()) <= 63
            assert made != name


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        ('"$user", public', ["$user", "public"]),
        ("public", ["public"]),
        ('""', [""]),
        ('"a ""b, c", d', ['a "b, c', "d"]),
        ("", []),
    ],
)
def test_a_list_is_taken_apart_as_postgresql_wrote_it(stored: str, names: list[str]) -> None:
    assert list(names_in(stored)) == names
