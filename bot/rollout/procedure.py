"""The procedure: lock, preflight, plan, gates, backup, apply, verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.core.gate import Gate, closed
from bot.core.history import History
from bot.core.outcome import Journal, Outcome
from bot.core.plan import Plan, make_plan
from bot.core.progress import BackupSummary
from bot.core.review import JudgedMigration
from bot.core.target import Target
from bot.errors import GateClosed, HistoryError
from bot.rollout.agreement import require_agreement
from bot.rollout.migration import apply_migration
from bot.rollout.preflight import require_writable
from bot.rollout.segments import require_runnable
from bot.world import Database, World


@dataclass(frozen=True)
class Order:
    """What a rollout is asked for.

    `judge` cuts migrations into judged statements, in the order given. `gates` are asked under the
    lock, about the plan that would run. `expect_digest` is the digest somebody agreed to.
    `journal` is written as the work goes on.
    """

    target: Target
    history: History
    judge: Callable[[Sequence[str]], Sequence[JudgedMigration]]
    gates: Callable[[Plan], tuple[Gate, ...]]
    expect_digest: str | None = None
    journal: Journal = field(default_factory=Journal)


def roll_out(order: Order, world: World) -> Outcome:
    """Apply what is pending on a target, or nothing at all.

    Raises HistoryError if the histories disagree, GateClosed, BackupError, or PostgresError. Before
    the first migration has begun, nothing on the target has changed.
    """
    started = world.now()
    target, journal = order.target, order.journal
    with world.connect(target) as database:
        require_writable(database.facts(), target)
        with database.exclusively(world.console.say):
            journal.plan = plan = look_at(database, order)
            require_agreement(plan, world)
            _require_expected(plan, order.expect_digest)
            journal.gates = order.gates(plan)
            _require_open(target, journal.gates)
            if plan.pending:
                judged = order.judge([each.name for each in plan.pending])
                require_runnable(judged)
                journal.backup = _back_up(target, world)
                _apply_all(order, judged, database, world)
                _verify(order, plan, database)
    now = world.now()
    return Outcome(
        plan=plan,
        at=now,
        gates=journal.gates,
        applied=tuple(journal.applied),
        backup=journal.backup,
        seconds=(now - started).total_seconds(),
    )


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
    order: Order, judged: Sequence[JudgedMigration], database: Database, world: World
) -> None:
    database.create_table()
    begun = {row.name: row for row in database.applied() if row.unfinished}
    for each in judged:
        order.journal.begun = name = each.migration.name
        result = apply_migration(each, database, order.target, world, begun.get(name))
        order.journal.applied.append(result)


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
