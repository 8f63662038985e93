"""What a target needs, whether it and the history tell the same story, and what to do if not."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.plan import Plan, make_plan
from bot.core.rollouts.standing import MigrationState
from bot.core.targets.target import Target
from bot.errors import HistoryError, UsageError
from bot.world import Database, World

# git is asked once for each.
_MOST_EDITED = 10


def plan_of(
    target: Target,
    history: History,
    database: Database,
    rows: Sequence[AppliedMigration] | None = None,
    *,
    running: bool = False,
) -> Plan:
    """What the target needs now, from its rows, or those that were just read; nobody is asked to
    agree.

    `running` says that somebody holds the migration lock, and may be at work.
    """
    return make_plan(
        target.name,
        history.migrations,
        database.applied() if rows is None else rows,
        unbaselined=database.unbaselined(),
        running=running,
    )


def require_agreement(plan: Plan, world: World) -> None:
    """Raises HistoryError that names every disagreement, and what settles each."""
    if plan.agrees:
        return
    found = disagreements(plan, commits_of(plan, world))
    messages = "; ".join(each.message for each in found)
    hints = " ".join(dict.fromkeys(each.advice for each in found))
    raise HistoryError(f"{plan.target}: {messages}.", hint=hints)


def not_agreed_to(plan: Plan, expected: str, differs: Sequence[str]) -> HistoryError:
    """Another plan than somebody agreed to, with how it differs, where that is known."""
    listed = "".join(f"\n  - {line}" for line in differs)
    look = f"migration-bot plan {plan.target}"
    if plan.backwards:
        look = f"migration-bot rollback {plan.target} … --dry-run"
    return HistoryError(
        f"{plan.target}: the plan is not the one that was agreed to "
        f"(agreed {expected}, now {plan.digest}){':' if listed else '.'}{listed}",
        hint=f"Look at the new plan with `{look}`, and agree to that.",
    )


def commits_of(plan: Plan, world: World) -> Mapping[str, str]:
    """For each edited migration the commit that has the text that was applied, if git knows it."""
    found: dict[str, str] = {}
    edited = [each for each in plan.standings if each.state is MigrationState.EDITED]
    for each in edited[:_MOST_EDITED]:
        assert each.row is not None
        # What git cannot say is a hint less, and stops nobody.
        with suppress(UsageError):
            commit = world.checkout.commit_with(each.name, each.row.checksum)
            if commit is not None:
                found[each.name] = commit
    return found
