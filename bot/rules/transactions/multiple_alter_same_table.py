"""Several ALTER TABLE on one table do the work several times.

Each one that reads or rewrites the table goes through all its rows again; written as one statement,
they go through them once. Where each statement is a transaction of its own, each one also waits for
the table anew, and everybody behind it.
"""

from dataclasses import dataclass, replace

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.sql.actions import AddColumn, AddConstraint, SetNotNull, TableAction, ValidateConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.NOTICE
SIZED = Sized.WORK

FIX = "Write one ALTER TABLE with the commands separated by commas."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER, "tax" INTEGER);
CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER TABLE "Order" ALTER COLUMN "total" TYPE BIGINT;
ALTER TABLE "Order" ALTER COLUMN "tax" TYPE BIGINT;
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT, ADD COLUMN "sum" INTEGER;
"""

QUIET = [
    'ALTER TABLE "Order" ADD COLUMN a INT; ALTER TABLE "Order" ADD COLUMN b INT;',
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK (tax > 0) NOT VALID; '
    'ALTER TABLE "Order" VALIDATE CONSTRAINT c;',
    'ALTER TABLE "Order" ALTER "total" TYPE BIGINT; ALTER TABLE "User" ALTER "id" TYPE BIGINT;',
    "CREATE TABLE n (a INT, b INT); ALTER TABLE n ALTER a TYPE TEXT; ALTER TABLE n ALTER b "
    "TYPE TEXT;",
    'ALTER TABLE "Order" ADD UNIQUE ("total"); ALTER TABLE "Order" ADD UNIQUE ("tax");',
]

_ENOUGH = 2
_CHECKED = (ConstraintKind.CHECK, ConstraintKind.NOT_NULL)


def check(statement: Statement, context: Context) -> Hits:
    if statement.kind != "ALTER TABLE":
        return
    for table in _altered(context.step):
        before = context.tally(_Altered).before.get(table, ())
        if not context.is_new(table) and any(_could_be_one(each, context) for each in before):
            yield f"{shown(table)} is gone through, or waited for, once more than it need be."


def _altered(step: Step) -> set[str]:
    """The tables of an ALTER TABLE; one that validates is apart from the others on purpose."""
    if step.all(ValidateConstraint):
        return set()
    return {each.table for each in step.actions if isinstance(each, TableAction)}


@dataclass(frozen=True)
class _Before:
    """An ALTER TABLE above, as far as it matters; all those that are alike are one."""

    table: str
    goes_through: bool
    mode: LockMode | None
    transaction: int | None
    explicit: bool


class _Altered:
    """The kinds of ALTER TABLE so far, by table: of many that are alike, two transactions do."""

    def __init__(self) -> None:
        self.before: dict[str, dict[_Before, None]] = {}

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        for table in _altered(step):
            through, mode = _goes_through(step, effects, table), _mode(effects, table)
            each = _Before(table, through, mode, step.transaction, step.explicit)
            known = self.before.setdefault(table, {})
            alike = [one for one in known if replace(one, transaction=each.transaction) == each]
            if len(alike) < _ENOUGH:
                known[each] = None


def _could_be_one(earlier: _Before, context: Context) -> bool:
    table = earlier.table
    if earlier.goes_through and _goes_through(context.step, context.effects, table):
        return True
    transaction = earlier.transaction
    apart = transaction is None or transaction != context.step.transaction
    mode = _mode(context.effects, table)
    return apart and not earlier.explicit and earlier.mode == mode and (mode or 0) >= LockMode.SHARE


def _goes_through(step: Step, effects: Effects, table: str) -> bool:
    """Whether it reads or writes all rows in the one pass that several commands can share."""
    if table in effects.rewrites:
        return True
    kinds = {each.constraint.kind for each in step.all(AddConstraint)}
    sharing = any(isinstance(each, SetNotNull | AddColumn) for each in step.actions)
    return table in effects.scans and (sharing or not kinds.isdisjoint(_CHECKED))


def _mode(effects: Effects, table: str) -> LockMode | None:
    return next((each.mode for each in effects.locks if each.relation == table), None)
