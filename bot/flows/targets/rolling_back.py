"""What a rollback of a target is made of: which migrations, what takes each back, and its gates."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.drift.drift import Expected, unknown
from bot.core.duration import duration
from bot.core.kept.kept import Kept
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import backwards, chosen, chosen_of
from bot.core.rollouts.rollback_steps import Rollback
from bot.core.targets.target import Target
from bot.errors import HistoryError
from bot.flows.gating.gates import gates_back
from bot.flows.reviewing.history import history_of
from bot.flows.targets.down_scripts import judge_of
from bot.flows.targets.expected import queries_of
from bot.flows.targets.rollback_steps import steps_for, tried_for
from bot.flows.targets.standing import forecast
from bot.rollout.course import Backwards
from bot.rollout.preflight.agreement import require_agreement
from bot.rollout.procedure import Order
from bot.world import Database, World


def rollback_for(
    target: Target,
    world: World,
    *,
    to: str | None = None,
    steps: int | None = None,
    only: Sequence[str] | None = None,
) -> Rollback:
    """Chosen by what the target has now, and tried on a throw-away server. With `only` it is about
    these, as far as the target has them, and nothing that is on top of them.

    Raises UsageError where the choice is none, HistoryError where target and history disagree.
    """
    history = history_of(world)
    with world.connect(target) as database:
        plan = forecast(target, history, database)
        facts, schema = database.facts(), database.schema
        kept = _kept(plan, database)
    if not plan.rolling_back and not plan.interrupted:
        require_agreement(backwards(plan, ()), world)
    picked = chosen(plan, to=to, steps=steps) if only is None else chosen_of(plan, only)
    texts = {each.name: each for each in history.migrations}
    turned = backwards(plan, [texts[name] for name in picked.names])
    require_agreement(turned, world)
    if not picked.names:
        return Rollback(target, history, picked, turned)
    tried = tried_for(picked.names, plan, history, facts, schema, world)
    found = steps_for(picked.names, tried, history, world, kept)
    scripts = [each.script for each in found if each.script is not None]
    turned = backwards(plan, scripts) if len(scripts) == len(found) else turned
    gates = gates_back(turned, [texts[name] for name in picked.names], target, world)
    stuck = any(each.script is None for each in found)
    proved = world.backups.proved(target) if stuck and target.is_set(world.environ) else None
    return Rollback(target, history, picked, turned, gates, found, tried, proved)


def _kept(plan: Plan, database: Database) -> dict[str, tuple[Kept, ...]]:
    """What is there to be given back, by the names of migrations."""
    rows = {each.row.id: each.name for each in plan.standings if each.row is not None}
    found: dict[str, tuple[Kept, ...]] = {}
    for each in database.kept([*rows]):
        if each.given_at is None:
            found[rows[each.record]] = (*found.get(rows[each.record], ()), each)
    return found


def require_possible(rollback: Rollback, now: datetime) -> None:
    """Raises HistoryError for what only a backup brings back, with what that would mean."""
    stuck = rollback.stuck
    if not stuck:
        return
    name = rollback.target.name
    said = "; ".join(f"{each.migration.name}: {each.why}" for each in stuck)
    raise HistoryError(
        f"{name} cannot be rolled back that far by a script. {said}.",
        hint=f"Restore a backup from before it: `migration-bot restore {name} BACKUP`, which loses "
        f"what was written since (`migration-bot backups list {name}` shows them)."
        f"{_backup(rollback, now)} Or write its down.sql, or a new migration that mends it.",
    )


def _backup(rollback: Rollback, now: datetime) -> str:
    """How old the last that was proved is, and how long restoring it took then."""
    last = rollback.proved
    if last is None:
        return " None of this target is known here to be proved."
    old = duration(max((now - last.manifest.started_at).total_seconds(), 0.0))
    took = duration(last.proof.seconds)
    return (
        f" The last that was proved, {last.manifest.id}, is {old} old, and proving it took {took}."
    )


def order_back(rollback: Rollback, world: World, *, expect_digest: str | None = None) -> Order:
    """The order for what was prepared: nothing is chosen anew under the lock."""
    require_possible(rollback, world.now())
    target, history = rollback.target, rollback.history
    scripts = tuple(each.script for each in rollback.steps if each.script is not None)
    names = [each.migration for each in rollback.steps]
    return Order(
        target=target,
        history=history,
        judge=judge_of(scripts, history, world) if scripts else lambda names: (),
        gates=lambda plan: gates_back(plan, names, target, world),
        expect_digest=expect_digest,
        expected=lambda plan, facts, schema: _expected(plan, rollback),
        queries=queries_of(target, world),
        course=Backwards(scripts, _give_at(rollback), _promised(rollback)),
    )


def _give_at(rollback: Rollback) -> dict[str, int]:
    return {
        each.migration.name: each.give_at for each in rollback.steps if each.give_at is not None
    }


def _promised(rollback: Rollback) -> dict[str, frozenset[str]]:
    return {each.migration.name: each.shelves for each in rollback.steps if each.shelves}


def _expected(plan: Plan, rollback: Rollback) -> Expected:
    """The schema with all of them, and without any: known if all of them are to be taken back."""
    if plan.interrupted:
        return unknown(f"an earlier run has begun to take back {plan.interrupted[0]}")
    names = [each.name for each in plan.pending]
    if names != list(rollback.chosen.names):
        return unknown("some of it was taken back meanwhile")
    return rollback.tried.expected
