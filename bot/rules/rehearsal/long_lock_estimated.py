"""At the target's size others would wait long for this statement.

What was measured on the rehearsal's rows is carried over to the target's size. It is an estimate:
the range leaves room for another machine and for rows that have to be read from disk first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.migrations.effects import LockMode
from bot.core.options import option
from bot.core.rehearsals.rehearsal import Estimate
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.WARNING

FIX = "Choose the way that lets others work meanwhile: the other findings of this statement say it."

BAD = """
ALTER TABLE "Order" ALTER COLUMN "total" TYPE bigint;
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "total_new" bigint;
"""

QUIET = [
    'ALTER TABLE "Order" ALTER COLUMN "total" SET DEFAULT 0;',
    'CREATE INDEX CONCURRENTLY "Order_total_idx" ON "Order" ("total");',
    'ALTER TABLE "Order" ADD CONSTRAINT "positive" CHECK ("total" > 0) NOT VALID;',
]


@dataclass(frozen=True)
class Options:
    seconds: int = option(5, "Estimates above this many seconds are told.", least=1)


OPTIONS = Options()


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    """Each lock once, at the first statement under which it is held longest."""
    most = context.settings.options(Options).seconds * 1000
    longest: dict[str, Estimate] = {}
    for each in context.rehearsed.estimates:
        if each.lock is None or each.lock < LockMode.SHARE or each.held_ms <= most:
            continue
        locked = each.locked or each.relation
        if locked not in longest or each.held_ms > longest[locked].held_ms:
            longest[locked] = each
    for locked, each in longest.items():
        yield Hit(_words(each, locked), statement=each.statement, relation=locked)


def _words(estimate: Estimate, locked: str) -> str:
    assert estimate.lock is not None
    return (
        f"At {estimate.target}'s size {estimate.lock.blocks} of {locked.removeprefix('public.')} "
        f"would wait for up to about {_time(estimate.held_ms / 1000)} (an estimate)."
    )


def _time(seconds: float) -> str:
    return f"{seconds / 60:,.0f} min" if seconds >= 120 else f"{seconds:,.0f} s"
