"""Locking one table after another in a transaction stops both, and can end in a deadlock.

A request that uses the two tables in the other order waits for the migration while the migration
waits for it: PostgreSQL ends one of them with an error. Until then, and until the end of the
migration, users of either table wait.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, listed
from bot.judge.timeline import Step
from bot.rewriting.moving import moved_on
from bot.rules.transactions.blocking import blocked
from bot.sql.actions import AddConstraint, CreateTable

SEVERITY = Severity.WARNING
SIZED = Sized.FILE

FIX = "Give each table a migration folder of its own."

PRISMA = "6.19.0"

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
CREATE TABLE "User" ("id" INTEGER NOT NULL);
CREATE TABLE "Team" ("id" INTEGER NOT NULL);
"""

BAD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
ALTER TABLE "User" ADD COLUMN "note" TEXT;
ALTER TABLE "User" ADD COLUMN "name" TEXT;
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'ALTER TABLE "Order" ADD COLUMN a INT; CREATE TABLE n (a INT); ALTER TABLE n ADD b INT;',
    'CREATE TABLE n (a INT, b INT); ALTER TABLE n ADD FOREIGN KEY (a) REFERENCES "User"("id"); '
    'ALTER TABLE n ADD FOREIGN KEY (b) REFERENCES "Team"("id");',
    'ALTER TABLE "Order" ADD FOREIGN KEY ("userId") REFERENCES "User"("id");',
    'BEGIN; ALTER TABLE "Order" ADD a INT; COMMIT; BEGIN; ALTER TABLE "User" ADD a INT; COMMIT;',
    'ALTER TABLE "Order" ADD COLUMN a INT; COMMENT ON TABLE "User" IS \'x\';',
]


_STRONG = LockMode.SHARE_ROW_EXCLUSIVE


def check(statement: Statement, context: Context) -> Hits:
    here = _locked(context.step, context.effects, context)
    if not here:
        return
    before = context.tally(_Window)
    here_too = before.transaction == context.step.transaction
    if here_too and not before.wide and _widens(before.tables, here):
        yield _hit(before.tables, here - before.tables, context)


class _Window:
    """The tables that the transaction that ran last has stopped, and whether that was said."""

    def __init__(self) -> None:
        self.transaction: int | None = None
        self.tables: frozenset[str] = frozenset()
        self.wide = False

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        if step.transaction is None or step.transaction != self.transaction:
            self.transaction, self.tables, self.wide = step.transaction, frozenset(), False
        if step.transaction is None or self.wide:
            return
        more = _locked(step, effects, context)
        self.wide = _widens(self.tables, more)
        self.tables |= more


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "then")


def _widens(held: frozenset[str], more: frozenset[str]) -> bool:
    """Whether a table is locked while another is held; one statement's own tables are one step."""
    return bool(held) and not more <= held and not more >= held


def _locked(step: Step, effects: Effects, context: Context) -> frozenset[str]:
    """What a statement stops; a foreign key of an empty table holds its parent for a moment."""
    added = step.all(AddConstraint)
    if step.all(CreateTable) or any(context.is_new(each.table) for each in added):
        return frozenset()
    return blocked(effects, context, at_least=_STRONG)


def _hit(held: frozenset[str], also: frozenset[str], context: Context) -> Hit:
    """With migration-bot nobody waits for long: it gives up and lets go of all it holds."""
    first, then = listed(held), listed(also)
    stay = "stays" if len(held) == 1 else "stay"
    message = f"{first} {stay} locked while this waits for {then}."
    own = context.settings.prisma is None
    return Hit(message, severity=Severity.NOTICE if own else None)
