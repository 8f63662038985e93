"""Which tables in use a statement blocks, and how."""

from bot.core.effects import Effects, LockMode
from bot.judge.context import Context, Step
from bot.sql.actions import DropObjects

_NO_TABLES = {"INDEX", "SEQUENCE", "VIEW"}


def blocked(
    effects: Effects, context: Context, *, at_least: LockMode = LockMode.SHARE
) -> frozenset[str]:
    """The tables in use that a statement of the file locks so strongly, by name.

    A materialized view is one too; indexes, sequences and plain views are not.
    """
    strong = [each for each in effects.locks if each.mode >= at_least and not each.new]
    if not strong or context.file.baseline:
        return frozenset()
    others = _no_tables(context)
    found = (each.relation for each in strong if each.relation not in others)
    return frozenset(each for each in found if not context.is_new(each))


def _no_tables(context: Context) -> set[str]:
    start, now = context.file.start, context.catalogue
    plain = {each.name for each in start.views.values() if not each.materialized}
    dropped = {
        name
        for step in context.earlier
        for each in (*step.all(DropObjects), *context.all(DropObjects))
        if each.kind in _NO_TABLES
        for name in each.names
    }
    return {*start.indexes, *now.indexes, *start.sequences, *now.sequences, *plain, *dropped}


def effects_before(context: Context) -> list[tuple[Step, Effects]]:
    """The earlier statements of the file with their effects."""
    return list(zip(context.earlier, context.file.effects, strict=False))


def together_before(context: Context) -> list[tuple[Step, Effects]]:
    """Those of them that commit together with this statement, and hold their locks until then."""
    mine = context.step.transaction
    return [
        (step, effects)
        for step, effects in effects_before(context)
        if mine is not None and step.transaction == mine
    ]


def blocks_first(context: Context) -> bool:
    """Whether this is the first statement of the file that waits for, and blocks, a table in use.

    What runs outside a transaction is left out: a timeout there leaves an invalid index behind.
    """
    return _waits(context.effects, context) and not any(
        _waits(effects, context) for _, effects in effects_before(context)
    )


def _waits(effects: Effects, context: Context) -> bool:
    return effects.transactional and bool(blocked(effects, context))
