import pytest

from bot.core.migrations.statement import Statement
from bot.sql.indexes import same_index
from bot.sql.parse import parse

DEFINITION = "CREATE UNIQUE INDEX i ON public.t USING btree (a, lower(b)) INCLUDE (c) WHERE (d > 0)"


def statement(sql: str) -> Statement:
    (found,) = parse(sql).statements
    return found


def test_the_name_and_concurrently_are_no_difference() -> None:
    start = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x ON t"

    assert same_index(statement(f"{start} (a, lower(b)) INCLUDE (c) WHERE d > 0"), DEFINITION)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX x ON t (a, lower(b)) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a, lower(b)) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a, lower(b)) INCLUDE (c)",
        "CREATE UNIQUE INDEX x ON t (a, lower(b)) INCLUDE (c) WHERE e > 0",
        "CREATE UNIQUE INDEX x ON t (lower(b), a) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a, b) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a, lower(c)) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a DESC, lower(b)) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a NULLS FIRST, lower(b)) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t USING gist (a, lower(b)) INCLUDE (c) WHERE d > 0",
        "CREATE UNIQUE INDEX x ON t (a, lower(b)) INCLUDE (c) NULLS NOT DISTINCT WHERE d > 0",
        "SELECT 1",
    ],
)
def test_another_index_is_another(sql: str) -> None:
    assert not same_index(statement(sql), DEFINITION)


def test_what_cannot_be_read_is_another() -> None:
    assert not same_index(statement("CREATE INDEX x ON t (a)"), "")
