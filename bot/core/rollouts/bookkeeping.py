"""Whether a migration leaves the rows of the others alone: what they say is what is run, or not."""

from collections.abc import Collection, Iterable, Sequence

from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.plan import Plan
from bot.core.schemas.modelled import MIGRATIONS_TABLE
from bot.errors import HistoryError


def touches_rows(texts: Iterable[str]) -> bool:
    """Whether statements name the migrations table, for whatever they want of it."""
    return any(MIGRATIONS_TABLE in text.lower() for text in texts)


def require_same_rows(
    before: Sequence[AppliedMigration], after: Sequence[AppliedMigration], own: str
) -> None:
    """Raises HistoryError if the transaction that writes the row with the id `own` has been at
    another row."""
    kept = {each.id: each for each in before if each.id != own}
    now = {each.id: each for each in after if each.id != own}
    if kept == now:
        return
    differing = [id for id in {**kept, **now} if kept.get(id) != now.get(id)]
    names = sorted({row.name for id in differing for row in (kept.get(id), now.get(id)) if row})
    raise HistoryError(
        f"It changes what {MIGRATIONS_TABLE} says of {listed(names)}, so that nothing of its "
        "transaction was kept.",
        hint="Take that statement out; what was applied is corrected with `migration-bot resolve`.",
    )


def require_kept(before: Plan, after: Plan, *, but: Collection[str] = ()) -> None:
    """Raises HistoryError if what was applied before a rollout is not recorded as it was, `but`
    what it has taken back."""
    rows = {each.name: each.row for each in after.standings}
    applied = [
        each for each in before.standings if each.row and each.row.finished and each.name not in but
    ]
    changed = [each.name for each in applied if rows.get(each.name) != each.row]
    if not changed:
        return
    doing = "taken back from" if but else "applied to"
    raise HistoryError(
        f"While migrations were {doing} {after.target}, {MIGRATIONS_TABLE} was changed for "
        f"{listed(changed)}, which had been applied before.",
        hint="A function or a trigger of what was just run may have done it. Compare with "
        f"`migration-bot status {after.target}`, and put the rows right with `migration-bot "
        "resolve` before anything else is run.",
    )


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
