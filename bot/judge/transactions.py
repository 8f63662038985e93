"""Which statements of a file commit together, under migration-bot or a given Prisma.

migration-bot and Prisma up to 7.3 run a file as one transaction. Prisma from 7.4 sends each
statement alone, unless its splitter cannot read one of them: then the file is one again.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache

from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import MigrationContext
from bot.judge.effects.effects import effects_of
from bot.judge.timeline import Step
from bot.sql import actions as act

_SPLITTING = (7, 4)
# Kinds that sqlparser, which Prisma's splitter uses, cannot read (measured with 0.61).
_UNREADABLE = {
    "DO", "VACUUM", "ANALYZE", "REINDEX", "REFRESH MATERIALIZED VIEW", "LOCK TABLE",
    "ALTER SEQUENCE", "ALTER DEFAULT PRIVILEGES",
}  # fmt: skip
_OPENING, _CLOSING = {"BEGIN"}, {"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"}


def steps_of(
    statements: Sequence[Statement],
    actions: Sequence[tuple[act.Action, ...]],
    *,
    postgres: int,
    prisma: str | None,
    batched: Collection[int] = (),
) -> tuple[Step, ...]:
    """`batched` are the indexes of the statements that run in batches, under migration-bot."""
    alone = splits(prisma) and not any(
        _unreadable(*each) for each in zip(statements, actions, strict=True)
    )
    steps = []
    number, explicit = 0, False
    for statement, found in zip(statements, actions, strict=True):
        verb = next((each.verb for each in found if isinstance(each, act.Transaction)), "")
        in_batches = prisma is None and statement.index in batched
        transactional = runs_in_transaction(found, postgres) and not in_batches
        if (verb in _OPENING and not explicit) or (not explicit and (alone or not transactional)):
            number += 1
        explicit = explicit or verb in _OPENING
        outside = not transactional and not explicit
        carried = number if in_batches or not outside else None
        steps.append(Step(statement, found, carried, explicit, in_batches))
        if verb in _CLOSING:
            number, explicit = number + 1, False
        elif outside:
            number += 1
    return tuple(steps)


def atomic_under(steps: Sequence[Step], *, batched: bool = False) -> dict[str, bool]:
    """Whether one transaction carries the file, by who runs it; whoever the steps are cut for.

    `batched` says that a statement runs in batches, which Prisma does not do.
    """
    working = [each for each in steps if not each.all(act.Transaction)]
    inside = all(each.transaction is not None for each in working)
    whole = inside and len(_stretches(steps)) <= 1
    unread = any(_unreadable(each.statement, each.actions) for each in steps)
    together = unread or len(working) <= 1 or all(each.explicit for each in working)
    return {
        "migration-bot": whole and not batched,
        "prisma <7.4": whole,
        "prisma >=7.4": whole and together,
    }


def _stretches(steps: Sequence[Step]) -> set[int]:
    """What lies between BEGIN and COMMIT, or between two such blocks, where something is done."""
    found: set[int] = set()
    number, explicit = 0, False
    for step in steps:
        number += step.explicit and not explicit
        explicit = step.explicit
        verbs = {each.verb for each in step.all(act.Transaction)}
        if not verbs:
            found.add(number)
        elif verbs & _CLOSING:
            number, explicit = number + 1, False
    return found


def atomic(steps: Sequence[Step]) -> bool:
    """Whether one transaction carries everything that the file does."""
    working = [each for each in steps if not each.all(act.Transaction)]
    numbers = {each.transaction for each in working}
    return None not in numbers and len(numbers) <= 1 and not any(each.batched for each in steps)


def splits(prisma: str | None) -> bool:
    """Whether this Prisma sends the statements of a file one by one."""
    return version_of(prisma) >= _SPLITTING


@cache
def version_of(prisma: str | None) -> tuple[int, int]:
    """Major and minor; (0, 0) where no version is given."""
    match = re.match(r"(\d+)(?:\.(\d+))?", prisma or "")
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)


def sent_as_one(file: MigrationContext) -> bool:
    """Whether the server gets the file as one message, and so in one transaction."""
    return not splits(file.settings.prisma) or file.once(_not_split)


def _not_split(file: MigrationContext) -> bool:
    return any(_unreadable(each.statement, each.actions) for each in file.steps)


def _unreadable(statement: Statement, actions: tuple[act.Action, ...]) -> bool:
    if statement.kind in _UNREADABLE:
        return True
    return any(
        isinstance(each, act.AttachPartition)
        or (isinstance(each, act.TableOption) and each.command == "AT_SetUnLogged")
        or (isinstance(each, act.DropObjects) and each.concurrently)
        for each in actions
    )


# The kinds of action that may have to run outside a transaction, by how they are written.
_PERHAPS_ALONE = (
    act.AddEnumValue,
    act.CreateIndex,
    act.DetachPartition,
    act.DropObjects,
    act.Other,
    act.Reindex,
    act.RunBlock,
    act.Vacuum,
)


def runs_in_transaction(actions: tuple[act.Action, ...], postgres: int) -> bool:
    """Whether PostgreSQL of that major lets a statement run inside a transaction."""
    if not any(isinstance(each, _PERHAPS_ALONE) for each in actions):
        return True
    return effects_of(actions, Catalogue(), postgres=postgres, fresh_from=0).transactional
