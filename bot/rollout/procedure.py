"""The procedure: look at the server, lock, plan, gates, preflight, drift, backup, mark, apply,
verify."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.core.findings.review import JudgedMigration
from bot.core.gates.gate import Gate, closed
from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.outcome import AppliedResult, Journal, Outcome
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import again
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import BotError, GateClosed, HistoryError, PostgresError, was_interrupted
from bot.rollout.backing_up import back_up
from bot.rollout.course import Course, Forwards
from bot.rollout.keeping.retention import prune, tell_prospects
from bot.rollout.migration import run_script
from bot.rollout.preflight.agreement import not_agreed_to, require_agreement
from bot.rollout.preflight.identity import leave_mark, mark_to_leave
from bot.rollout.preflight.notes import notes_to
from bot.rollout.preflight.ready import require_fit, require_ready
from bot.rollout.reconnecting import Patience, require_met
from bot.rollout.runnable import require_runnable
from bot.rollout.telling.interruption import interruption_of
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.rollout.verification import ExpectedOf, Verifier
from bot.world import Database, World

Rows = tuple[AppliedMigration, ...]
# What is to be applied, in order.
Agreed = tuple[JudgedMigration, ...]


@dataclass(frozen=True)
class Order:
    """What a rollout is asked for.

    `judge` cuts migrations into judged statements, in the order given. `gates` are asked under the
    lock, about the plan that would run. `expect_digest` is the digest somebody agreed to, and
    `differs` says in lines how a plan differs from the one that has it, where that is known.
    `expected` tells the schema that a plan starts from and ends with, and `queries` are asked
    afterwards. `journal` is written as the work goes on. `course` is its direction.
    """

    target: Target
    history: History
    judge: Callable[[Sequence[str]], Sequence[JudgedMigration]]
    gates: Callable[[Plan], tuple[Gate, ...]]
    expect_digest: str | None = None
    expected: ExpectedOf | None = None
    queries: tuple[str, ...] = ()
    journal: Journal = field(default_factory=Journal)
    differs: Callable[[Plan], Sequence[str]] = lambda plan: ()
    course: Course = field(default_factory=Forwards)


def roll_out(order: Order, world: World) -> Outcome:
    """Apply what is pending on a target, or take back what is to be, or nothing at all.

    Raises HistoryError if the histories disagree, GateClosed, BackupError, or PostgresError;
    Interrupted after a signal. Before the first migration has begun, nothing on the target has
    changed but that it has a migrations table, with a mark on it.
    """
    telling = Telling(order.target, world)
    telling.started()
    try:
        outcome = _rolled_out(order, world, telling)
    except (Exception, KeyboardInterrupt) as error:
        if not was_interrupted(error):
            if isinstance(error, BotError):
                telling.stopped(error, order.journal)
            raise
        interrupted = interruption_of(
            order.target, order.journal, order.judge, world, backwards=order.course.backwards
        )
        telling.stopped(interrupted, order.journal)
        raise interrupted from None
    telling.done(outcome)
    return outcome


def _rolled_out(order: Order, world: World, telling: Telling) -> Outcome:
    """The same. Once it is agreed to, a lost connection does not end it: the rows tell the rest."""
    started = world.now()
    verifier = Verifier(order.target, order.queries, order.expected, order.journal, telling)
    journal, patience = order.journal, Patience(telling)
    agreed: Agreed = ()
    met: ServerFacts | None = None
    while True:
        try:
            with _reached(order.target, telling, met) as (database, facts, rows):
                met = facts
                patience.reached(len(journal.applied))
                plan = order.course.plan(order.target, order.history, database, rows)
                if agreed:
                    rest = _rest(order, plan, agreed, world)
                else:
                    rest = agreed = _agree(order, plan, facts, database, verifier, telling)
                if rest:
                    _carry_out(order, plan, rest, database, telling)
                if agreed:
                    _require_remembered(order, database)
                verifier.after(database, applied=bool(agreed))
                if order.target.keeping:
                    prune(database, telling.say)
            break
        except PostgresError as error:
            if not agreed or was_interrupted(error):
                raise
            patience.wait_after(error)
    assert journal.plan is not None
    now = world.now()
    return Outcome(
        plan=journal.plan,
        at=now,
        gates=journal.gates,
        applied=tuple(journal.applied),
        backup=journal.backup,
        seconds=(now - started).total_seconds(),
        notes=tuple(journal.notes),
        drift=journal.drift,
        checks=journal.checks,
    )


@contextmanager
def _reached(
    target: Target, telling: Telling, met: ServerFacts | None
) -> Iterator[tuple[Database, ServerFacts, Rows]]:
    """The target, if it can be written to, under its lock. After a lost connection another server
    may answer: it must be of the database that was `met` before."""
    with telling.world.connect(target) as database:
        facts = database.facts()
        telling.connected(facts, database)
        require_ready(facts, target)
        require_met(met, facts, target)
        waited: list[str] = []

        def wait(text: str) -> None:
            waited.append(text)
            telling.waiting_for_lock(text)

        with database.exclusively(wait) as rows:
            telling.locked()
            if waited:
                # Whoever had it may have marked the database, or made it a standby.
                facts = database.facts()
                require_ready(facts, target)
            yield database, facts, rows


def _agree(
    order: Order,
    plan: Plan,
    facts: ServerFacts,
    database: Database,
    verifier: Verifier,
    telling: Telling,
) -> Agreed:
    """What is going to be applied: a plan made under the lock, agreed to, and backed up. The mark
    is written last, so that whatever refuses has left the target as it was."""
    target, journal = order.target, order.journal
    note = notes_to(journal, telling.world)
    journal.plan = plan
    telling.planned(plan)
    require_agreement(plan, telling.world)
    _require_expected(plan, order)
    journal.gates = order.gates(plan)
    telling.asked(journal.gates)
    _require_open(target, journal.gates)
    for gate in journal.gates:
        if gate.overridden:
            note(f"the gate {gate.name} was overridden {gate.overridden}")
    if not plan.pending:
        return ()
    for name in again(plan):
        note(f"{name} was taken back there, and its text is the same: it is applied again")
    judged = order.judge([each.name for each in plan.pending])
    require_runnable(judged)
    require_fit(facts, judged, database, telling, note)
    verifier.before(plan, database, judged)
    if not plan.backwards:
        tell_prospects(judged, database, target, say=telling.say, note=note)
    mark = mark_to_leave(facts, target, telling.world, note)
    journal.backup = back_up(target, judged, facts.schema, telling.world)
    telling.backed_up(journal.backup)
    leave_mark(mark, facts, database, note)
    return tuple(judged)


def _rest(order: Order, plan: Plan, agreed: Agreed, world: World) -> Agreed:
    """What is left of it after a lost connection: the rows say what was committed.

    Neither the gates nor a backup are asked for again. Raises HistoryError if what is pending now
    is not the end of what was agreed to.
    """
    require_agreement(plan, world)
    rest = agreed[len(agreed) - len(plan.pending) :]
    if tuple(each.migration for each in rest) != plan.pending:
        raise HistoryError(
            f"{plan.target} was changed by somebody else while the connection was lost.",
            hint=f"Look at it with `migration-bot status {plan.target}`, then run this again.",
        )
    known = {each.name: each for each in order.journal.applied}
    done = [each.migration.name for each in agreed[: len(agreed) - len(rest)]]
    # One may be done and not known: its COMMIT was sent, and the answer was lost.
    order.journal.applied = [known.get(name) or AppliedResult(name, 0.0) for name in done]
    return rest


def _carry_out(
    order: Order, plan: Plan, rest: Agreed, database: Database, telling: Telling
) -> None:
    steps = Steps(telling)
    note = notes_to(order.journal, telling.world)
    with steps.watching(database):
        for place, each in enumerate(rest, start=1):
            order.journal.begun = each.migration.name
            way = order.course.way(each, plan)
            resumed = way.begun is not None
            with steps.migration(
                each, place=place, of=len(rest), resumed=resumed, doing=order.course.doing
            ):
                result = run_script(each, way, database, order.target, telling.world, steps, note)
            order.journal.applied.append(result)
            steps.ended(result)


def _require_expected(plan: Plan, order: Order) -> None:
    expected = order.expect_digest
    if expected is not None and expected != plan.digest:
        raise not_agreed_to(plan, expected, order.differs(plan))


def _require_open(target: Target, gates: tuple[Gate, ...]) -> None:
    shut = closed(gates)
    if not shut:
        return
    reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in shut)
    hints = " ".join(dict.fromkeys(gate.hint for gate in shut if gate.hint))
    raise GateClosed(f"{target.name} is closed. {reasons}.", hint=hints or "Open the gate first.")


def _require_remembered(order: Order, database: Database) -> None:
    """Reads back the migrations table."""
    left = order.course.plan(order.target, order.history, database)
    order.course.require_remembered(order.journal.plan, left)
