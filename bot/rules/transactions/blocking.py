"""Which tables in use a statement blocks, and how."""

from bot.core.migrations.effects import Effects, LockMode
from bot.judge.context import Context, MigrationContext
from bot.judge.timeline import Step
from bot.sql.actions import DropObjects

_NO_TABLES = {"INDEX", "SEQUENCE", "VIEW"}


def blocked(
    effects: Effects, context: Context, *, at_least: LockMode = LockMode.SHARE
) -> frozenset[str]:
    """The tables in use that a statement of the file locks so strongly, by name.

    A materialized view is one too; indexes, sequences and plain views are not.
    """
    known = context.file.once(_Known).tables
    key = (id(effects), at_least)
    if key not in known:
        known[key] = effects, _blocked(effects, context, at_least)
    return known[key][1]


class _Known:
    """What was found out of each statement so far, by the identity of its effects.

    They are kept with it: the identity of what is gone may be given to something else.
    """

    def __init__(self, file: MigrationContext) -> None:
        self.tables: dict[tuple[int, LockMode], tuple[Effects, frozenset[str]]] = {}


def _blocked(effects: Effects, context: Context, at_least: LockMode) -> frozenset[str]:
    if context.file.baseline:
        return frozenset()
    strong = (each.relation for each in effects.locks if each.mode >= at_least and not each.new)
    return frozenset(
        each for each in strong if not _is_no_table(each, context) and not context.is_new(each)
    )


def _is_no_table(name: str, context: Context) -> bool:
    start, now = context.file.start, context.catalogue
    view = start.views.get(name)
    if (view and not view.materialized) or any(
        name in known for known in (start.indexes, now.indexes, start.sequences, now.sequences)
    ):
        return True
    drops = (*context.earlier.all(DropObjects, about=name), *context.all(DropObjects))
    return any(each.kind in _NO_TABLES and name in each.names for each in drops)


class Waiting:
    """`last` is the last statement so far that waits for, and blocks, a table in use.

    What runs outside a transaction is left out: a timeout there leaves an invalid index behind.
    """

    def __init__(self) -> None:
        self.last: Step | None = None

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        if effects.transactional and blocked(effects, context):
            self.last = step


def blocks_first(context: Context) -> bool:
    """Whether this is the first statement of the file that waits for, and blocks, a table."""
    waits = context.effects.transactional and bool(blocked(context.effects, context))
    return waits and context.tally(Waiting).last is None


class Blocked:
    """The tables in use that the transaction has blocked so far, with the strongest lock on each.

    `gone_through` are those that a statement both locks and reads or writes as a whole.
    `transaction` is the number of the one that ran last.
    """

    def __init__(self, transaction: int | None = None) -> None:
        self.transaction = transaction
        self.tables: dict[str, LockMode] = {}
        self.gone_through: set[str] = set()

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        if step.transaction is None or step.transaction != self.transaction:
            self.transaction, self.tables, self.gone_through = step.transaction, {}, set()
        found = blocked(effects, context) if step.transaction is not None else frozenset()
        modes = {each.relation: each.mode for each in effects.locks} if found else {}
        for each in found:
            self.tables[each] = max(modes[each], self.tables.get(each, modes[each]))
        self.gone_through |= found & {*effects.scans, *effects.rewrites} if found else set()


def blocked_before(context: Context) -> Blocked:
    """What earlier statements of the same transaction have blocked."""
    before = context.tally(Blocked)
    return before if before.transaction == context.step.transaction else Blocked()
