"""Show what each target has applied, what is pending, and what stands in the way.

With the last rollout and the last backup, where they are known. What needs somebody is told first
below the table, with the next command. Ends with 6 where a target disagrees with the history or has
drifted, and with 4 where one could not be read.

\b
  migration-bot status                  every target that is configured here
  migration-bot status production       this one, which must answer
  migration-bot status --drift          also whether one was changed by hand
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.counting import count
from bot.core.drift.look import DriftState
from bot.core.gates.settled import settled
from bot.core.migrations.history import History
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.last import (
    LastBackup,
    LastDrift,
    LastRollout,
    last_backup,
    last_drift,
    last_rollout,
)
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.status import TargetStatus
from bot.core.targets.target import Target
from bot.errors import BotError, ExitCode, PostgresError
from bot.flows.asking import asked_at_once
from bot.flows.fleets.survey import survey_fleet
from bot.flows.fleets.tenants import addressed
from bot.flows.gating.gates import gates_ahead
from bot.flows.reviewing.history import history_of
from bot.flows.targets.drifting import look_at
from bot.flows.targets.forecasting import unreached_gates
from bot.flows.targets.standing import details_of, forecast, with_classes
from bot.report.escape import fence
from bot.report.formats.as_json import dumps, status_json
from bot.report.terminal.status import status_text
from bot.world import Database, World
from bot.world.choosing import world_with

SUMMARY_WIDTH = 100
# For one database: its connection has a limit of its own, and reading the table is quick.
SECONDS = 60.0
# Of those that are looked through for one that looked for drift: a closed one did not.
_RECORDS = 5


@dataclass(frozen=True)
class _Read:
    """What a database says of itself. `holder` is who holds the migration lock, in words."""

    plan: Plan
    holder: str | None = None
    rollout: LastRollout | None = None
    drift: LastDrift | None = None


def run(
    worlds: Sequence[World],
    names: Sequence[str],
    form: str = "text",
    *,
    drift: bool = False,
    seconds: float = SECONDS,
) -> ExitCode:
    """One row a target. A target that was named must answer; others may be unset."""
    named = [_found(name, world_with(name, worlds)) for name in names]
    found = named or [(each, world) for world in worlds for each in world.settings.in_order]
    folders = cache(lambda folder: history_of(by_folder[folder]))
    by_folder = {world.settings.folder: world for world in worlds}

    def history(there: World) -> History:
        return folders(there.settings.folder)

    rows = _statuses(found, history, named=bool(names), seconds=seconds)
    if drift:
        rows = [
            _looked_at(row, target, history(there), there)
            for row, (target, there) in zip(rows, found, strict=True)
        ]
    world = worlds[0]
    if form == "json":
        world.console.show(dumps(status_json(rows)))
    else:
        page = world.console.page
        world.console.show(status_text(rows, width=page.width, colour=page.colour))
    if world.runner is not None:
        world.runner.summary(fence(status_text(rows, width=SUMMARY_WIDTH, colour=False)))
    return _exit_code(rows)


def _found(name: str, world: World) -> tuple[Target, World]:
    """A target, or as FLEET/TENANT one of many."""
    if name in world.settings.targets or "/" not in name:
        return world.settings.target(name), world
    return addressed(name, world)


def _statuses(
    found: Sequence[tuple[Target, World]],
    history: Callable[[World], History],
    *,
    named: bool,
    seconds: float,
) -> list[TargetStatus]:
    """Databases are asked at once: one that does not answer holds up none of the others."""
    asked = [
        (target, world)
        for target, world in found
        if target.fleet is None and (named or target.is_set(world.environ))
    ]
    questions = [partial(_read, target, world, history(world)) for target, world in asked]
    answers = _asked(questions, [target.name for target, _ in asked], found, seconds)
    read = {
        target.name: answer or _late(target, seconds)
        for (target, _), answer in zip(asked, answers, strict=True)
    }
    return [
        _status(target, history(world), world, read.get(target.name), named=named)
        for target, world in found
    ]


def _asked(
    questions: Sequence[Callable[[], _Read | PostgresError]],
    names: Sequence[str],
    found: Sequence[tuple[Target, World]],
    seconds: float,
) -> Sequence[_Read | PostgresError | None]:
    if not questions:
        return ()
    console = found[0][1].console
    who = names[0] if len(names) == 1 else count(len(names), "target")
    with console.waiting(f"asking {who}", of=len(names) if len(names) > 1 else 0) as answered:
        return asked_at_once(questions, seconds=seconds, each=answered)


def _read(target: Target, world: World, history: History) -> _Read | PostgresError:
    """What its database says."""
    try:
        with world.connect(target) as database:
            holder = database.lock_holder()
            plan = forecast(target, history, database)
            records = _records(database)
            rows = [each.row for each in plan.standings if each.row]
            last = last_rollout(records, rows)
            return _Read(plan, holder.words if holder else None, last, last_drift(records))
    except PostgresError as error:
        return error


def _records(database: Database) -> Sequence[Sealed]:
    """What was written down may be somebody else's to read; then the rows tell."""
    try:
        return database.records(_RECORDS)
    except PostgresError:
        return ()


def _late(target: Target, seconds: float) -> PostgresError:
    return PostgresError(
        f"{target.name} gave no answer within {seconds:.0f} seconds.",
        hint=f"`migration-bot doctor {target.name}` looks at what is in the way.",
    )


def _status(
    target: Target,
    history: History,
    world: World,
    read: _Read | PostgresError | None,
    *,
    named: bool,
) -> TargetStatus:
    """`read` is None for one that is not set here, and for a fleet."""
    if target.fleet is not None and (named or target.is_set(world.environ)):
        return _fleet(target, world, named=named)
    if read is None:
        problem = f"{target.url_env} is not set"
        gates = unreached_gates(target, world)
        return TargetStatus(target.name, target.kind, gates=gates, problem=problem, unset=True)
    if isinstance(read, PostgresError):
        return _unread(target, world, read, named=named)
    plan = read.plan
    details = details_of(plan, history, world)
    return TargetStatus(
        target.name,
        target.kind,
        plan,
        gates_ahead(target, plan.pending, world, plan=plan),
        lock_holder=read.holder,
        details=with_classes(details, plan, history, world) if named else details,
        named=named,
        rollout=read.rollout,
        drift=read.drift,
        backup=_backup(target, world),
        proves=_proves(target),
        now=world.now(),
    )


def _backup(target: Target, world: World) -> LastBackup | None:
    """Where its place cannot be read, the gate says why."""
    try:
        return last_backup(world.backups.proved(target))
    except BotError:
        return None


def _proves(target: Target) -> bool:
    return target.backup.required and not target.backup.elsewhere and target.fleet is None


def _fleet(target: Target, world: World, *, named: bool) -> TargetStatus:
    try:
        survey = survey_fleet(target, world)
    except PostgresError as error:
        return _unread(target, world, error, named=named)
    gates = gates_ahead(target, survey.plan.pending, world, plan=survey.plan)
    return TargetStatus(target.name, target.kind, survey.plan, gates, named=named, fleet=survey)


def _unread(target: Target, world: World, error: PostgresError, *, named: bool) -> TargetStatus:
    """Raises the error where somebody asked for this very target."""
    if named:
        raise error
    return TargetStatus(
        target.name,
        target.kind,
        gates=unreached_gates(target, world),
        problem=error.message,
        hint=error.hint,
        backup=None if target.fleet else _backup(target, world),
        proves=_proves(target),
        now=world.now(),
    )


def _looked_at(row: TargetStatus, target: Target, history: History, world: World) -> TargetStatus:
    """With its schema beside what its migrations make, where it could be read."""
    if row.plan is None or target.fleet is not None:
        return row
    look = look_at(target, history, world, named=row.named)
    found = look.as_before(target.drift_mode)
    gates = settled(row.gates, target, world.now(), found=found, taken=None)
    return replace(row, look=look, gates=gates)


def _exit_code(rows: Sequence[TargetStatus]) -> ExitCode:
    plans = [row.plan for row in rows if row.plan is not None]
    drifted = any(row.look and row.look.state is DriftState.DRIFTED for row in rows)
    if drifted or any(not plan.agrees for plan in plans):
        return ExitCode.HISTORY
    unreachable = any(
        (row.plan is None and not row.unset) or (row.fleet and row.fleet.unreachable)
        for row in rows
    )
    return ExitCode.POSTGRES if unreachable else ExitCode.FINE


@click.command(help=__doc__)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@format_option("text", "json")
@click.option("--drift", is_flag=True, help="Also look for drift; takes a few seconds each.")
@pass_session
def command(session: Session, targets: tuple[str, ...], form: str, drift: bool) -> ExitCode:
    return run(session.worlds, targets, form, drift=drift)
