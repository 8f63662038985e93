"""What the texts and git add to the rows of a plan: how far a migration is, and what it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.history import History
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback_class import class_of
from bot.core.rollouts.standing import Standing
from bot.core.rollouts.status import Details, Fragment, Halt
from bot.core.targets.target import Target
from bot.errors import BotError
from bot.flows.reviewing.review import cut_named
from bot.rollout.preflight.agreement import commits_of, plan_of
from bot.rollout.recovery import require_unchanged
from bot.rollout.segments import Segment, segments_of
from bot.world import Database, World


def forecast(target: Target, history: History, database: Database) -> Plan:
    """The plan as it would be now, without the lock: what somebody is at is running."""
    running = database.lock_holder() is not None
    return plan_of(target, history, database, running=running)


def details_of(plan: Plan, history: History, world: World) -> Details:
    return Details(halts_of(plan.standings, history, world), commits_of(plan, world))


def with_classes(details: Details, plan: Plan, history: History, world: World) -> Details:
    """And how what is pending can be taken back: nobody has run it here."""
    if not plan.pending:
        return details
    names = [each.name for each in plan.pending]
    classes = {
        each.migration.name: class_of(each, None) for each in cut_named(names, history, world)
    }
    return replace(details, classes=classes)


def halts_of(standings: Iterable[Standing], history: History, world: World) -> Mapping[str, Halt]:
    """How far each migration is that we began to apply and that is not finished."""
    known = {each.name: each.checkpoint for each in standings}
    begun = {name: each for name, each in known.items() if each is not None and each.down is None}
    cut = {each.migration.name: each for each in cut_named(begun, history, world)} if begun else {}
    return {name: _halt(name, checkpoint, cut.get(name)) for name, checkpoint in begun.items()}


def _halt(name: str, checkpoint: Checkpoint, judged: JudgedMigration | None) -> Halt:
    done, reason = checkpoint.steps, checkpoint.error
    if judged is None:
        return Halt(name, done, reason=reason, problem=f"{name} is missing from the history.")
    if judged.fault is not None:
        place = judged.fault.position
        problem = f"line {place.line}: {judged.fault.message}"
        return Halt(name, done, reason=reason, problem=problem)
    try:
        segments = segments_of(judged)
        require_unchanged(name, checkpoint, segments)
    except BotError as error:
        return Halt(name, done, reason=reason, problem=error.message)
    left = _fragments(segments[done:])
    return Halt(
        name=name,
        done=done,
        parts=len(segments),
        line=left[0].line,
        kept=_fragments(segments[:done]),
        left=left,
        reason=reason,
    )


def _fragments(segments: Sequence[Segment]) -> tuple[Fragment, ...]:
    return tuple(
        Fragment(each.start.line, each.sql.partition("\n")[0])
        for segment in segments
        for each in segment.statements
    )
