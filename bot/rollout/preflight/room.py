"""Disk for tables that are written anew.

No function of PostgreSQL tells how much disk is free. What will be needed can be told from the
sizes, so that is said; a target's `rewrite_limit` makes it a stop.
"""

from collections.abc import Mapping, Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.rehearsals.sizes import size_text
from bot.core.targets.server import ServerFacts, TableFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.preflight.notes import Tell

# Less is not worth a word.
WORTH_SAYING = 100_000_000


def rewritten_by(judged: Sequence[JudgedMigration]) -> Mapping[str, int]:
    """How often each table that is there already is written anew."""
    counted: dict[str, int] = {}
    for migration in judged:
        made = {
            lock.relation
            for each in migration.statements
            for lock in each.effects.locks
            if lock.new
        }
        for each in migration.statements:
            for name in each.effects.rewrites:
                if name not in made:
                    counted[name] = counted.get(name, 0) + 1
    return counted


def needed(size: int, times: int) -> int:
    """Bytes: until the transaction ends the old table stays beside the new one, and all that is
    written goes to the write-ahead log as well (1.2 times its size, measured)."""
    return size * times * 22 // 10


def require_room(
    facts: ServerFacts,
    rewritten: Mapping[str, int],
    tables: Mapping[str, TableFacts],
    target: Target,
    note: Tell,
) -> None:
    """Raises PostgresError if more disk would be needed than the target allows."""
    wanted = {
        tables[name].relation: needed(tables[name].bytes, times)
        for name, times in rewritten.items()
        if name in tables
    }
    total = sum(wanted.values())
    limit = target.rewrite_limit
    names = ", ".join(sorted(wanted))
    if limit is not None and total > limit:
        raise PostgresError(
            f"{target.name}: writing {names} anew needs about {size_text(total)} of disk, and its "
            f"rewrite_limit is {size_text(limit)}. Nothing was changed.",
            hint="Change the table without a rewrite (`migration-bot check` says how), or free "
            "disk at the server and raise `rewrite_limit`.",
            sqlstate="53100",
        )
    if total >= WORTH_SAYING:
        note(
            f"writing {names} anew needs about {size_text(total)} of free disk at {target.name}, "
            "which PostgreSQL cannot tell"
        )
