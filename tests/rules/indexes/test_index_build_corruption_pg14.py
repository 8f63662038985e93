"""PostgreSQL 14's fault, by what is known of the minor version."""

import pytest

from bot.core.findings.finding import Severity
from bot.rules.indexes import index_build_corruption_pg14
from bot.rules.indexes.index_build_corruption_pg14 import Options
from tests.judging import judged

SQL = "CREATE INDEX CONCURRENTLY i ON a (id);"


@pytest.mark.parametrize(
    ("minor", "severities"),
    [
        (None, [Severity.NOTICE]),
        (0, [Severity.ERROR]),
        (3, [Severity.ERROR]),
        (4, []),
        (20, []),
    ],
)
def test_it_blocks_only_where_the_server_is_known_to_be_faulty(
    minor: int | None, severities: list[Severity]
) -> None:
    found = judged(
        SQL,
        before=["CREATE TABLE a (id INT);"],
        rules=[index_build_corruption_pg14],
        postgres=14,
        options={"index-build-corruption-pg14": Options(minor)},
    )
    assert [each.severity for each in found.findings] == severities
