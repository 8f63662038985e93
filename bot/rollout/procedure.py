"""The procedure: lock, preflight, plan, gates, backup, apply, verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.core.drift import Expected
from bot.core.gate import Gate, closed
from bot.core.history import History
from bot.core.outcome import Check, Journal, Outcome
from bot.core.plan import Plan, make_plan
from bot.core.progress import BackupSummary
from bot.core.review import JudgedMigration
from bot.core.server import ServerFacts
from bot.core.target import DriftMode, Target
from bot.errors import BotError, GateClosed, HistoryError
from bot.rollout.agreement import require_agreement
from bot.rollout.interruption import interruption_of, was_interrupted
from bot.rollout.migration import apply_migration
from bot.rollout.preflight import require_writable
from bot.rollout.segments import require_runnable
from bot.rollout.steps import Steps
from bot.rollout.telling import Telling
from bot.rollout.verification import (
    look_for_drift,
    require_fine,
    require_no_drift,
    verify,
    verify_queries,
)
from bot.world import Database, World


@dataclass(frozen=True)
class Order:
    """What a rollout is asked for.

    `judge` cuts migrations into judged statements, in the order given. `gates` are asked under the
    lock, about the plan that would run. `expect_digest` is the digest somebody agreed to.
    `expected` tells the schema that a plan starts from and ends with, given the server and the
    schema of the target's URL. `queries` are asked afterwards. `journal` is written as the work
    goes on.
    """

    target: Target
    history: History
    judge: Callable[[Sequence[str]], Sequence[JudgedMigration]]
    gates: Callable[[Plan], tuple[Gate, ...]]
    expect_digest: str | None = None
    expected: Callable[[Plan, ServerFacts, str], Expected] | None = None
    queries: tuple[str, ...] = ()
    journal: Journal = field(default_factory=Journal)


def roll_out(order: Order, world: World) -> Outcome:
    """Apply what is pending on a target, or nothing at all.

    Raises HistoryError if the histories disagree, GateClosed, BackupError, or PostgresError. Before
    the first migration has begun, nothing on the target has changed.
    """
    telling = Telling(order.target, world)
    telling.started()
    try:
        outcome = _carry_out(order, world, telling)
    except (BotError, KeyboardInterrupt) as error:
        if isinstance(error, BotError) and not was_interrupted(error):
            telling.stopped(error, order.journal)
            raise
        interrupted = interruption_of(order.target, order.journal, order.judge, world)
        telling.stopped(interrupted, order.journal)
        raise interrupted from None
    telling.done(outcome)
    return outcome


def _carry_out(order: Order, world: World, telling: Telling) -> Outcome:
    started = world.now()
    target, journal = order.target, order.journal
    with world.connect(target) as database:
        facts = database.facts()
        telling.connected(facts, database.session)
        require_writable(facts, target)
        with database.exclusively(telling.waiting_for_lock):
            telling.locked()
            journal.plan = plan = look_at(database, order)
            telling.planned(plan)
            require_agreement(plan, world)
            _require_expected(plan, order.expect_digest)
            journal.gates = order.gates(plan)
            telling.asked(journal.gates)
            _require_open(target, journal.gates)
            if plan.pending:
                judged = order.judge([each.name for each in plan.pending])
                require_runnable(judged)
                expected = _look_for_drift(order, plan, facts, database, telling)
                journal.backup = _back_up(target, world)
                telling.backed_up(journal.backup)
                invalid = database.invalid_indexes()
                _apply_all(order, judged, database, telling)
                _require_rows(order, plan, database)
                journal.checks = (
                    Check("rows", True),
                    *verify(target, order.queries, expected, journal.drift, invalid, database),
                )
            else:
                journal.checks = verify_queries(target, order.queries, database)
            telling.verified(journal.checks)
            require_fine(journal.checks, target, len(journal.applied))
    now = world.now()
    return Outcome(
        plan=plan,
        at=now,
        gates=journal.gates,
        applied=tuple(journal.applied),
        backup=journal.backup,
        seconds=(now - started).total_seconds(),
        drift=journal.drift,
        checks=journal.checks,
    )


def look_at(database: Database, order: Order) -> Plan:
    """What the target needs now, from its rows."""
    return make_plan(
        order.target.name,
        order.history.migrations,
        database.applied(),
        unbaselined=database.unbaselined(),
    )


def _look_for_drift(
    order: Order, plan: Plan, facts: ServerFacts, database: Database, telling: Telling
) -> Expected | None:
    """What the rollout should end with, where somebody wants to know. An empty database is as it
    should be. Raises HistoryError if the target is not what the plan starts from."""
    target, world, since = order.target, telling.world, telling.world.now()
    if target.drift_mode is DriftMode.OFF or order.expected is None or not plan.applied:
        return None
    expected = order.expected(plan, facts, database.schema)
    drift = look_for_drift(expected, database, target, world, since)
    order.journal.drift = drift
    telling.looked_for_drift(drift)
    require_no_drift(drift, target, world)
    return expected


def _back_up(target: Target, world: World) -> BackupSummary | None:
    return world.backups.take(target, world.console.say) if target.backup.required else None


def _apply_all(
    order: Order, judged: Sequence[JudgedMigration], database: Database, telling: Telling
) -> None:
    database.create_table()
    begun = {row.name: row for row in database.applied() if row.unfinished}
    steps = Steps(telling)
    with steps.watching(database):
        for place, each in enumerate(judged, start=1):
            order.journal.begun = name = each.migration.name
            row = begun.get(name)
            with steps.migration(each, place=place, of=len(judged), resumed=row is not None):
                result = apply_migration(
                    each, database, order.target, telling.world, row, steps=steps
                )
            order.journal.applied.append(result)
            steps.ended(result)


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


def _require_rows(order: Order, plan: Plan, database: Database) -> None:
    left = look_at(database, order)
    if left.pending or not left.agrees:
        raise HistoryError(
            f"{plan.target} does not remember what was just applied.",
            hint=f"Compare with `migration-bot status {plan.target}` before doing anything else.",
        )
