"""Whether a target and the history tell the same story, and what to do if they do not."""

from collections.abc import Iterator

from bot.core.plan import Plan
from bot.errors import HistoryError


def require_agreement(plan: Plan) -> None:
    """Raises HistoryError that names every disagreement."""
    found = list(_disagreements(plan))
    if not found:
        return
    messages = "; ".join(message for message, _ in found)
    hints = " ".join(dict.fromkeys(hint for _, hint in found))
    raise HistoryError(f"{plan.target}: {messages}.", hint=hints)


def _disagreements(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.unbaselined:
        yield (
            "the database has tables and no migrations table (Prisma calls this P3005)",
            "Mark what it already has as applied: `prisma migrate resolve --applied NAME` for "
            "each such migration.",
        )
    for name in plan.failed:
        yield (
            f"{name} was started and never finished (Prisma calls this P3009)",
            "If nobody is applying it right now, look at what it left behind, mend that, and mark "
            "it: `prisma migrate resolve --applied NAME`, or `--rolled-back NAME` to run it again.",
        )
    for name in plan.modified:
        yield (
            f"{name} was edited after it was applied",
            "Restore the text that was applied (`git log -- prisma/migrations/NAME`), and put the "
            "change into a new migration.",
        )
    for name in plan.missing:
        yield (
            f"{name} is applied there and missing from the history",
            "Apply from the branch that has it, or restore its folder.",
        )
    for name in plan.out_of_order:
        yield (
            f"{name} sorts before a migration that is already applied",
            "Rename its folder with a newer timestamp, so that every target applies it in the "
            "same order.",
        )
