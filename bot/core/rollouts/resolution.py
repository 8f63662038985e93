"""What may be said of a migration by hand: marked as applied, or as rolled back, as Prisma does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration, Migration, sort_key
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.rollouts.status import Details, Halt
from bot.errors import HistoryError, UsageError

# A row with one of these says something else than that the migration is applied.
_CONTRADICTED = {
    MigrationState.FAILED: "was started and never finished (P3009)",
    MigrationState.INTERRUPTED: "was begun and is applied in part",
    MigrationState.ROLLING_BACK: "was begun to be taken back, and is there in part",
    MigrationState.RUNNING: "is being applied right now",
    MigrationState.EDITED: "is applied with another text",
    MigrationState.ROLLED_BACK: "was rolled back",
}


class Mark(StrEnum):
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True)
class Resolved:
    """One migration that was marked, and the plan afterwards. `changed` is False if the rows said
    so already. `halt` is how far it was, if it had been begun here."""

    name: str
    mark: Mark
    plan: Plan
    changed: bool = True
    halt: Halt | None = None
    details: Details = field(default_factory=Details)


@dataclass(frozen=True)
class SchemaCheck:
    """The target's schema beside what the migrations make that it would have applied.

    `differences` are lines. `problem` is why that could not be found out, "" if it was.
    """

    differences: tuple[str, ...] = ()
    problem: str = ""

    @property
    def same(self) -> bool:
        return not self.differences and not self.problem


@dataclass(frozen=True)
class Baseline:
    """What a baseline marks, or has marked if `done`. `known` are applied already, `replaced` are
    what a squash among the marked stands for. `plan` is the target's before or, if `done`, after.
    """

    target: str
    to: str
    marked: tuple[Migration, ...]
    plan: Plan
    known: int = 0
    replaced: tuple[str, ...] = ()
    check: SchemaCheck = field(default_factory=SchemaCheck)
    done: bool = False
    details: Details = field(default_factory=Details)


def plain_name(given: str) -> str:
    """A migration's name, also out of a path that a shell has completed."""
    path = given.rstrip("/").removesuffix("/migration.sql")
    return path.rpartition("/")[2] or given


def require_folder(name: str, history: History) -> Migration:
    """Raises UsageError with the nearest name if the history has no such migration."""
    found = history.find(name)
    if found is not None:
        return found
    if name in history.incomplete:
        raise UsageError(
            f"{name} has no migration.sql (Prisma calls this P3015).",
            hint="Restore the file: its checksum is written into the row.",
        )
    near = get_close_matches(name, history.names, n=3, cutoff=0.5)
    said = f"Did you mean {' or '.join(near)}?" if near else "Give the name of a folder."
    raise UsageError(
        f"The migration {name} could not be found in {history.folder} (Prisma calls this P3017).",
        hint=said,
    )


def require_unapplied(target: str, name: str, rows: Sequence[AppliedMigration]) -> None:
    """Raises HistoryError if it is applied already."""
    if any(row.finished for row in rows if row.name == name):
        raise HistoryError(
            f"{target}: {name} is already recorded as applied (Prisma calls this P3008).",
            hint=f"Nothing is left to do for it; `migration-bot status {target}` shows the rest.",
        )


def is_failed(target: str, name: str, rows: Sequence[AppliedMigration]) -> bool:
    """Whether there is something to mark as rolled back; False if that was done already.

    Raises HistoryError if it was never begun, or is applied.
    """
    own = [row for row in rows if row.name == name]
    if not own:
        near = get_close_matches(name, {row.name for row in rows}, n=1)
        said = f"Did you mean {near[0]}? " if near else ""
        raise HistoryError(
            f"{target}: {name} was never applied there, so it cannot be rolled back (Prisma calls "
            "this P3011).",
            hint=f"{said}`migration-bot status {target}` shows what was begun.",
        )
    if any(row.unfinished for row in own):
        return True
    if any(row.finished for row in own):
        raise HistoryError(
            f"{target}: {name} is applied and not in a failed state, so it cannot be marked as "
            "rolled back (Prisma calls this P3012).",
            hint="To take an applied migration back, write a new one that reverses what it did.",
        )
    return False


def to_mark(plan: Plan, history: History, to: str) -> tuple[Migration, ...]:
    """What a baseline up to and with `to` has to mark, in order.

    Raises HistoryError where rows say something else of one of them, and where rows without a
    folder would be passed over that no squash explains.
    """
    names = [each.name for each in history.migrations]
    reached = set(names[: names.index(to) + 1])
    against = [
        f"{each.name} {said}" for each in plan.standings if (said := _against(each, reached))
    ]
    if plan.missing and plan.squash is None:
        against += [f"{name} is applied there and has no folder here" for name in plan.missing]
    if against:
        raise HistoryError(
            f"{plan.target} cannot be baselined up to {to}: {'; '.join(against)}.",
            hint=f"Settle each first: `migration-bot status {plan.target}` says how.",
        )
    recorded = {each.name for each in plan.standings if each.finished}
    marked = (each for each in history.migrations if each.name in reached - recorded)
    return tuple(sorted(marked, key=lambda each: sort_key(each.name)))


def _against(standing: Standing, reached: set[str]) -> str:
    if standing.name not in reached:
        return ""
    if standing.state is MigrationState.OUT_OF_ORDER and standing.rows:
        return _CONTRADICTED[MigrationState.ROLLED_BACK]
    return _CONTRADICTED.get(standing.state, "")
