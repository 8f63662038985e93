"""Getting the locks of a transaction: briefly each time, so that nobody queues behind us."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.core.blocker import Need
from bot.core.review import JudgedMigration
from bot.core.statement import Statement
from bot.core.target import Target
from bot.errors import PostgresError
from bot.world import Database, World

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"

# Long enough for the queue that built up behind the attempt to drain.
_PAUSE = (0.3, 0.7)


def needs_of(judged: JudgedMigration, statements: Sequence[Statement]) -> tuple[Need, ...]:
    """The strongest lock on each relation that was there before the migration."""
    return ()


def with_locks(
    attempt: Callable[[], None],
    needs: Sequence[Need],
    what: str,
    database: Database,
    target: Target,
    world: World,
) -> int:
    """Run `attempt` until it gets its locks; returns how often it was begun.

    Raises the last PostgresError when the target's lock budget is used up. There is never a
    fall-back to waiting without a limit: that is what blocks an application.
    """
    deadline = world.now() + timedelta(milliseconds=target.lock_budget)
    tried = 0
    while True:
        tried += 1
        try:
            attempt()
        except PostgresError as error:
            if error.sqlstate not in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED):
                raise
            if world.now() >= deadline:
                raise PostgresError(
                    f"{what} did not get its locks in {tried} attempts; nothing was changed.",
                    hint="Find the session that holds them (pg_stat_activity), or choose a "
                    "quieter hour, then run it again.",
                    sqlstate=error.sqlstate,
                ) from error
            world.console.say(f"{what}: a lock is taken, trying again (attempt {tried})")
            world.sleep(random.uniform(*_PAUSE))  # noqa: S311 - jitter, not a secret
        else:
            return tried
