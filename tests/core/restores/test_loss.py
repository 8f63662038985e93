"""What is lost, from counts and rows."""

from dataclasses import replace
from datetime import timedelta

from bot.core.backups.backup import TableContent
from bot.core.restores.loss import TableLoss, counts_that_differ, loss_of
from tests.fakes import applied, migration
from tests.fakes.values import MANIFEST, NOON
from tests.restoring.fakes import INIT, MORE, SAVED, SCENE


def test_it_begins_with_the_snapshot_by_the_servers_clock() -> None:
    skewed = replace(SAVED, started_at=NOON - timedelta(days=1), server_time=NOON)

    loss = loss_of(skewed, SCENE)

    assert (loss.since, loss.ago) == (NOON, timedelta(hours=2, minutes=4))
    assert loss_of(SAVED, SCENE).since == NOON
    assert loss_of(replace(SAVED, started_at=NOON + timedelta(days=1)), SCENE).ago == timedelta()


def test_tables_that_have_other_counts_are_told_those_that_lose_most_first() -> None:
    now = [TableContent(name, rows) for name, rows in (("a", 9), ("b", 5), ("c", 3), ("e", 100))]
    then = [TableContent(name, rows) for name, rows in (("a", 9), ("b", 8), ("d", 1), ("e", 1))]

    found = counts_that_differ(now, then)

    assert found == (
        TableLoss("e", 100, 1),
        TableLoss("c", 3, None),
        TableLoss("d", None, 1),
        TableLoss("b", 5, 8),
    )
    assert [each.fewer for each in found] == [99, 3, -1, -3]


def test_what_the_bot_keeps_for_itself_is_no_loss() -> None:
    names = (
        "migration_bot.audit",
        "migration_bot.kept",
        "public._prisma_migrations",
        "sales._prisma_migrations",
    )

    assert counts_that_differ([TableContent(each, 1) for each in names], []) == ()


def test_migrations_applied_since_are_those_after_the_head_or_after_the_snapshot() -> None:
    late = replace(
        applied(migration("20250101000000_old")), finished_at=NOON + timedelta(seconds=1)
    )
    begun = applied(migration("20260103000000_begun"), finished=False)
    scene = replace(SCENE, applied=(applied(INIT), applied(MORE), late, begun))

    assert loss_of(SAVED, scene).migrations == ("20250101000000_old", MORE.name)
    assert loss_of(MANIFEST, scene).migrations == (late.name, INIT.name, MORE.name)
