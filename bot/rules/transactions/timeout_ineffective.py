"""A timeout that is off, too long, too late or local to nothing protects nobody.

The file looks as if a migration that has to wait for a lock would step back. It does not: while it
waits, all queries that come later wait behind it.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, MigrationContext, shown
from bot.judge.timeline import Step
from bot.judge.transactions import sent_as_one
from bot.rewriting.moving import under_a_timeout
from bot.rules.transactions.blocking import Waiting, blocked
from bot.rules.transactions.timeouts import (
    TIMEOUTS,
    Setting,
    in_effect,
    is_set,
    settings_in,
    settings_of,
)

SEVERITY = Severity.WARNING

FIX = "Begin the file with a plain SET lock_timeout = '2s', and reset it after the last statement."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
SET lock_timeout = 0;
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    "SET LOCAL lock_timeout = '2s'; ALTER TABLE \"Order\" ADD COLUMN a INT;",
    "SET lock_timeout = 0; CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT;",
    "SET lock_timeout = '2s'; ALTER TABLE \"Order\" ADD COLUMN a INT; RESET lock_timeout;",
    'SET statement_timeout = 0; ALTER TABLE "Order" ADD COLUMN a INT;',
    'ALTER TABLE "Order" ADD COLUMN a INT; RESET lock_timeout;',
    'ALTER TABLE "Order" ADD COLUMN a INT; SET lock_timeout = 0;',
    'SET lock_timeout = 0; SET lock_timeout = 500; ALTER TABLE "Order" ADD COLUMN a INT;',
]

_LONGEST = 10_000


def check(statement: Statement, context: Context) -> Hits:
    dead = list(_dead(context.step, context.file))
    for name in dead:
        yield f"SET LOCAL {name} ends with its own statement, because each one is sent alone."
    if dead or not is_set("lock_timeout", context) or not context.effects.transactional:
        return
    tables = blocked(context.effects, context)
    if context.file.once(_some_dead):
        return
    setting = in_effect("lock_timeout", context)
    why = _why(setting, context)
    if tables and why and not _said(setting, context):
        own = setting is None and context.settings.prisma is None
        limit = "does not keep to it" if own else "has no useful limit"
        yield f"{why}, so waiting for {', '.join(map(shown, sorted(tables)))} {limit}."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return under_a_timeout(statement, context)


def _some_dead(file: MigrationContext) -> bool:
    """Whether any lock_timeout of the file ends with its own statement."""
    settings = file.once(settings_in)["lock_timeout"]
    return any("lock_timeout" in _dead(each.step, file) for each in settings)


def _dead(step: Step, file: MigrationContext) -> Iterator[str]:
    """The timeouts that the step sets for a transaction that ends with it."""
    if step.explicit or sent_as_one(file):
        return
    for name in TIMEOUTS if step.actions else ():
        if any(each.local for each in settings_of(name, step)):
            yield name


def _why(setting: Setting | None, context: Context) -> str:
    if setting is None:
        # migration-bot has set one before the file begins; the author meant a limit of their own.
        wanted = context.settings.prisma is not None or _limits(context)
        return "lock_timeout is set only further down" if wanted else ""
    if setting.value is None:
        return "lock_timeout is given back to the server above"
    length = setting.milliseconds
    if length is not None and length <= 0:
        return "lock_timeout is switched off above"
    if length is not None and length > _LONGEST:
        return f"lock_timeout is {length / 1000:g} seconds"
    return ""


def _limits(context: Context) -> bool:
    """Whether the file sets a limit that is of use anywhere, and does not only take one away."""
    lengths = (each.milliseconds for each in context.file.once(settings_in)["lock_timeout"])
    return any(0 < length <= _LONGEST for length in lengths if length is not None)


def _said(setting: Setting | None, context: Context) -> bool:
    """Whether an earlier statement met the same setting."""
    since = setting.step.statement.index if setting else -1
    last = context.tally(Waiting).last
    return last is not None and last.statement.index > since
