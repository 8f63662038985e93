"""What is to be taken back of a target: a plan that points backwards, from the newest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.core.migrations.migration import DOWN_SCRIPT, SCRIPT, Migration, same_checksum
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState
from bot.errors import HistoryError, UsageError

_LAST = 5
# How the note in a row begins that was taken back, and not only marked so.
TAKEN_BACK = "Taken back by migration-bot."
# What can be taken back, or is being taken back.
_THERE = (MigrationState.APPLIED, MigrationState.MARKED, MigrationState.ROLLING_BACK)


@dataclass(frozen=True)
class Chosen:
    """What is taken back: names, the newest first. `to` is the last that stays applied, None if
    none does."""

    names: tuple[str, ...]
    to: str | None = None


def chosen(plan: Plan, *, to: str | None = None, steps: int | None = None) -> Chosen:
    """What to take back so that `to` stays as the last one, or so many of them.

    Raises UsageError where neither or both are given, or what is given is not there; HistoryError
    where a migration is applied in part, which nobody can take back.
    """
    _require_whole(plan)
    there = [each.name for each in plan.standings if each.state in _THERE]
    if (to is None) == (steps is None):
        raise UsageError(
            "A rollback wants to know how far: to a migration, or how many of them.",
            hint=f"Give either `--to MIGRATION`, the last that stays, or `--steps N`. "
            f"{last_applied(plan.target, there)}",
        )
    number = _number_after(plan.target, there, to) if to is not None else steps or 0
    if not 0 <= number <= len(there) or (to is None and number == 0):
        raise UsageError(
            f"{plan.target} has {len(there)} migrations to take back, so {number} cannot be.",
            hint=last_applied(plan.target, there),
        )
    taken, left = there[len(there) - number :], there[: len(there) - number]
    return Chosen(tuple(reversed(taken)), left[-1] if left else None)


def chosen_of(plan: Plan, names: Collection[str]) -> Chosen:
    """These, as far as they are there. Raises HistoryError where others are on top of them."""
    _require_whole(plan)
    there = [each.name for each in plan.standings if each.state in _THERE]
    ours = [name for name in there if name in names]
    _require_on_top(plan, ours)
    left = there[: len(there) - len(ours)]
    return Chosen(tuple(reversed(ours)), left[-1] if left else None)


def last_applied(target: str, there: Sequence[str]) -> str:
    """The last of them, for whoever has to choose."""
    if not there:
        return f"Nothing is applied to {target}."
    return f"The last that {target} has, the newest first: {', '.join(there[: -_LAST - 1 : -1])}."


def backwards(plan: Plan, scripts: Sequence[Migration]) -> Plan:
    """The plan of a target turned around: what is left to take back, with these scripts.

    What is still to be applied has no say in it. Raises HistoryError where something else has come
    on top of what was to be taken back.
    """
    _require_whole(plan)
    states = {each.name: each.state for each in plan.standings}
    pending = tuple(each for each in scripts if states.get(each.name) in _THERE)
    _require_on_top(plan, [each.name for each in pending])
    return replace(
        plan,
        pending=pending,
        interrupted=plan.rolling_back,
        rolling_back=(),
        rolled_back=(),
        out_of_order=(),
        backwards=True,
    )


def again(plan: Plan) -> tuple[str, ...]:
    """What a rollout would apply again though it was taken back, with the text that it had then."""
    texts = {each.name: each.sql for each in plan.pending} if not plan.backwards else {}
    rows = {each.name: each.row for each in plan.standings}
    return tuple(
        name
        for name, sql in texts.items()
        if (row := rows.get(name)) is not None
        and row.rolled_back_at is not None
        and (row.logs or "").startswith(TAKEN_BACK)
        and same_checksum(row.checksum, sql)
    )


def script_of(migration: Migration, sql: str) -> Migration:
    """What takes a migration back, as a script of its own."""
    return Migration(migration.name, f"{migration.path.removesuffix(SCRIPT)}{DOWN_SCRIPT}", sql)


def what_git_needs(names: Collection[str], folder: str, target: str) -> str:
    """What must change in git, so that the next deploy does not apply it again."""
    paths = ", ".join(f"{folder}/{name}" for name in names)
    it = "it" if len(names) == 1 else "them"
    return (
        f"Git has to follow: delete {paths}, or mend the migration.sql of what is to come back. "
        f"Until then the next deploy to {target} applies {it} again."
    )


def _number_after(target: str, there: Sequence[str], to: str) -> int:
    if to not in there:
        near = get_close_matches(to, there, n=1, cutoff=0.5)
        raise UsageError(
            f"{to} is not applied to {target}, so it cannot be the last that stays.",
            hint=f"Did you mean {near[0]}?" if near else last_applied(target, there),
        )
    return len(there) - 1 - there.index(to)


def _require_whole(plan: Plan) -> None:
    """A migration that is applied in part is on top, and there is nothing that takes it back."""
    half = [each.name for each in plan.standings if each.state is MigrationState.INTERRUPTED]
    if half:
        raise HistoryError(
            f"{plan.target}: {half[0]} is applied in part, so that nothing takes it back.",
            hint=f"Let `migration-bot apply {plan.target}` bring it to its end, then take it back.",
        )


def _require_on_top(plan: Plan, names: Sequence[str]) -> None:
    there = [each.name for each in plan.standings if each.state in _THERE]
    above = there[len(there) - len(names) :] if names else []
    if sorted(above) != sorted(names):
        newer = [name for name in above if name not in names]
        raise HistoryError(
            f"{plan.target} has {', '.join(newer)} on top of what was to be taken back.",
            hint="Take that back first, or along with it: `migration-bot status "
            f"{plan.target}` shows what is there.",
        )
