"""A history of three migrations, and the rows of such as were begun and not finished."""

from dataclasses import replace

from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rollouts.checkpoint import Batch, Checkpoint, Intent
from bot.flows.reviewing.review import cut_named
from bot.rollout.segments import segments_of
from tests.fakes import FakeCheckout, applied, history, migration, world

INIT = migration("20260101000000_init", "CREATE TABLE a (id int);")
MIXED = migration(
    "20260102000000_mixed",
    "ALTER TABLE a ADD COLUMN n int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);\nSELECT 1;\n",
)
LAST = migration("20260103000000_last", "CREATE TABLE b (id int);")


def failed(each: Migration, logs: str | None = "ERROR: no") -> AppliedMigration:
    """As Prisma leaves it."""
    return replace(applied(each, finished=False), logs=logs)


def interrupted(
    done: int, each: Migration = MIXED, *, intent: Intent | None = None, batch: Batch | None = None
) -> AppliedMigration:
    """As we leave it, with so many of its segments done."""
    given = history(each)
    (judged,) = cut_named([each.name], given, world(FakeCheckout(given)))
    digests = tuple(segment.digest for segment in segments_of(judged)[:done])
    return failed(each, Checkpoint(each.checksum, digests, intent, batch).text())
