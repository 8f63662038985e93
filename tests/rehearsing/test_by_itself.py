"""What was new in the rehearsal of a whole history, and is not when its migration is rolled out."""

from datetime import UTC, datetime

from bot.core.findings.review import Review
from bot.core.migrations.effects import LockMode
from bot.core.migrations.history import Change, History
from bot.core.rehearsals.rehearsal import (
    Measured,
    MeasuredLock,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.core.schemas.schema import Change as SchemaChange
from bot.core.schemas.schema import Differences
from bot.judge.judge import judge
from bot.rehearsing.by_itself import each_by_itself
from tests.fakes import migration

FIRST = migration("20260101000000_a", "CREATE TABLE a (id int PRIMARY KEY);")
SECOND = migration("20260102000000_b", "CREATE INDEX a_id ON a (id);")


def locked(*relations: str) -> RehearsedStatement:
    locks = tuple(MeasuredLock(each, LockMode.SHARE, new=True) for each in relations)
    return RehearsedStatement(0, Measured(1.0, locks=locks))


def alone(*rehearsed: RehearsedMigration) -> list[list[bool]]:
    change = Change(History("m", (FIRST, SECOND)), datetime(2026, 1, 3, tzinfo=UTC))
    review = judge(change, ())
    found = each_by_itself(
        Review("18", review.migrations, rehearsal=Rehearsal(migrations=rehearsed))
    )
    assert found.rehearsal is not None
    return [
        [lock.new for lock in each.measured.locks]
        for one in found.rehearsal.migrations
        for each in one.statements
        if each.measured
    ]


def test_a_table_is_new_to_the_migration_that_makes_it_and_to_no_later_one() -> None:
    made = Differences(added=(SchemaChange("table", "public.a", after=()),))
    first = RehearsedMigration(FIRST.name, (locked("public.a"),), changes=made)
    second = RehearsedMigration(SECOND.name, (locked("public.a"),))
    assert alone(first, second) == [[True], [False]]


def test_an_index_is_new_where_it_is_made_under_its_schema_s_name() -> None:
    made = Differences(added=(SchemaChange("index", "public.a.a_id", after=()),))
    second = RehearsedMigration(SECOND.name, (locked("public.a_id", "public.a"),), changes=made)
    assert alone(second) == [[True, False]]


def test_without_a_rehearsal_nothing_is_told() -> None:
    review = Review("18")
    assert each_by_itself(review) is review
