"""The procedure: lock, preflight, plan, gates, backup, apply, verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.gate import Gate, closed
from bot.core.history import History
from bot.core.outcome import AppliedResult, Outcome
from bot.core.plan import Plan, make_plan
from bot.core.progress import BackupSummary
from bot.core.review import JudgedMigration
from bot.core.target import Target
from bot.errors import GateClosed, HistoryError
from bot.rollout.agreement import require_agreement
from bot.rollout.migration import apply_migration
from bot.rollout.preflight import require_writable
from bot.world import Database, World


@dataclass(frozen=True)
class Order:
    """What a rollout is asked for.

    `judge` cuts migrations into judged statements, in the order given. `gates` are asked under the
    lock, about the plan that would run. `expect_digest` is the digest somebody agreed to.
    """

    target: Target
    history: History
    judge: Callable[[Sequence[str]], Sequence[JudgedMigration]]
    gates: Callable[[Plan], tuple[Gate, ...]]
    expect_digest: str | None = None


def roll_out(order: Order, world: World) -> Outcome:
    """Apply what is pending on a target, or nothing at all.

    Raises HistoryError if the histories disagree, GateClosed, BackupError, or PostgresError. Before
    the first migration has begun, nothing on the target has changed.
    """
    started = world.now()
    target = order.target
    with world.connect(target) as database:
        require_writable(database.facts(), target)
        with database.exclusively(world.console.say):
            plan = look_at(database, order)
            require_agreement(plan)
            _require_expected(plan, order.expect_digest)
            gates = order.gates(plan)
            _require_open(target, gates)
            if not plan.pending:
                return Outcome(plan, gates, started_at=started)
            backup = _back_up(target, world)
            applied = _apply_all(order, plan, database, world)
            _verify(order, plan, database)
    seconds = (world.now() - started).total_seconds()
    return Outcome(plan, gates, applied, backup, started, seconds)


def look_at(database: Database, order: Order) -> Plan:
    """What the target needs now, from its rows."""
    return make_plan(
        order.target.name,
        order.history.migrations,
        database.applied(),
        unbaselined=database.unbaselined(),
    )


def _back_up(target: Target, world: World) -> BackupSummary | None:
    return world.backups.take(target, world.console.say) if target.backup.required else None


def _apply_all(
    order: Order, plan: Plan, database: Database, world: World
) -> tuple[AppliedResult, ...]:
    database.create_table()
    judged = order.judge([each.name for each in plan.pending])
    return tuple(apply_migration(each, database, order.target, world) for each in judged)


def _require_expected(plan: Plan, expected: str | None) -> None:
    if expected is None or expected == plan.digest:
        return
    raise HistoryError(
        f"{plan.target}: the plan is not the one that was agreed to "
        f"(agreed {expected}, now {plan.digest}).",
        hint=f"Look at the new plan with `migration-bot plan {plan.target}`, and agree to that.",
    )


def _require_open(target: Target, gates: tuple[Gate, ...]) -> None:
    shut = closed(gates)
    if not shut:
        return
    reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in shut)
    hints = " ".join(dict.fromkeys(gate.hint for gate in shut if gate.hint))
    raise GateClosed(f"{target.name} is closed. {reasons}.", hint=hints or "Open the gate first.")


def _verify(order: Order, plan: Plan, database: Database) -> None:
    left = look_at(database, order)
    if left.pending or not left.agrees:
        raise HistoryError(
            f"{plan.target} does not remember what was just applied.",
            hint=f"Compare with `migration-bot status {plan.target}` before doing anything else.",
        )
