"""The examples of long-lock-estimated, rehearsed on made-up rows and carried over to a target."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.findings.review import Review
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.rehearsal_order import Limits
from bot.core.rehearsals.sizes import RelationKind, RelationSize, RowSource, Sizes
from bot.core.settings import RehearsalSettings, Settings
from bot.rules.rehearsal import long_lock_estimated as rule
from tests.rehearsals import rehearsed_review

NAME = "long-lock-estimated"
ORDER = 'CREATE TABLE "Order" ("id" integer PRIMARY KEY, "total" integer NOT NULL, "note" text);'
# To read it alone takes minutes, whatever machine this is.
SIZES = Sizes(
    "production",
    datetime(2024, 2, 1, tzinfo=UTC),
    18,
    (
        RelationSize(
            "public.Order",
            RelationKind.TABLE,
            rows=1_000_000_000,
            rows_from=RowSource.PLANNER,
            bytes=100_000_000_000,
            heap=80_000_000_000,
            indexes=20_000_000_000,
        ),
    ),
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def review(sql: str, cache: Path) -> Review:
    wanted = RehearsalSettings(
        data=DataKind.SYNTHETIC, budget=3_000_000, limits=Limits(statement=30)
    )
    settings = Settings(rehearsal=wanted)
    return rehearsed_review(sql, before=(ORDER,), cache=cache, settings=settings, sizes=SIZES)


def told(found: Review) -> list[Any]:
    return [each for each in found.all_findings if each.rule == NAME]


def test_the_bad_example_is_found_once_and_names_the_table_and_the_time(cache: Path) -> None:
    (finding,) = told(review(rule.BAD, cache))
    assert finding.message.startswith(
        "At production's size all reads and writes of Order would wait for up to about "
    )
    assert finding.message.endswith(" min (an estimate).")


@pytest.mark.slow
def test_a_lock_that_several_statements_work_under_is_found_once(cache: Path) -> None:
    more = 'ALTER TABLE "Order" ADD CHECK ("id" IS NOT NULL);'
    found = review(f"{rule.BAD}{more}", cache)
    assert found.rehearsal is not None
    assert len(found.rehearsal.migrations[0].estimates) == 2
    (finding,) = told(found)
    assert finding.line == 2


@pytest.mark.slow
@pytest.mark.parametrize("sql", [rule.GOOD, *rule.QUIET])
def test_the_other_examples_are_quiet(sql: str, cache: Path) -> None:
    found = review(sql, cache)
    assert told(found) == []
    assert found.rehearsal is not None
    assert found.rehearsal.migrations[0].refused is None
    assert found.rehearsal.data.bytes > 2_000_000
