"""At the target's size others would wait long for this statement.

What was measured on the rehearsal's rows is carried over to the target's size. It is an estimate:
the range leaves room for another machine and for rows that have to be read from disk first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.effects import LockMode
from bot.core.finding import Severity
from bot.core.options import option
from bot.core.rehearsal import Estimate
from bot.core.rule import Hit
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
    most = context.settings.options(Options).seconds * 1000
    for each in context.rehearsed.estimates:
        if each.lock is not None and each.lock >= LockMode.SHARE and each.held_ms > most:
            yield Hit(_words(each), statement=each.statement, relation=each.relation)


def _words(estimate: Estimate) -> str:
    assert estimate.lock is not None
    return (
        f"At {estimate.target}'s size {estimate.lock.blocks} of {estimate.relation} would wait for "
        f"about {estimate.held_ms / 1000:,.0f} s (an estimate)."
    )
