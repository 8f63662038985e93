"""CREATE EXTENSION, as it is written."""

import pytest

from bot.sql.extensions import WantedExtension, extension_of, extensions_in
from bot.sql.parse import parse


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("CREATE EXTENSION vector", WantedExtension("vector")),
        (
            'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "Ext" VERSION \'1.1\' CASCADE',
            WantedExtension("uuid-ossp", "Ext", "1.1", if_not_exists=True, cascade=True),
        ),
        ("CREATE EXTENSION PostGIS", WantedExtension("postgis")),
    ],
)
def test_everything_that_it_says_is_read(sql: str, wanted: WantedExtension) -> None:
    (statement,) = parse(sql).statements
    assert extension_of(statement) == wanted


def test_a_history_asks_for_each_once() -> None:
    script = parse("CREATE EXTENSION b; SELECT 1; CREATE EXTENSION a; CREATE EXTENSION b;")
    assert extensions_in(script.statements) == ("b", "a")


def test_other_statements_about_extensions_create_none() -> None:
    script = parse("DROP EXTENSION a; ALTER EXTENSION b UPDATE; COMMENT ON EXTENSION c IS 'x';")
    assert extensions_in(script.statements) == ()
