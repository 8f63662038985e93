"""Show what each target has applied, what is pending, and what stands in the way.

\b
  migration-bot status                  every target that is configured here
  migration-bot status production       this one, which must answer
  migration-bot status --drift          also whether one was changed by hand
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.drift.look import DriftState
from bot.core.gates.settled import settled
from bot.core.migrations.history import History
from bot.core.rollouts.status import TargetStatus
from bot.core.targets.target import Target
from bot.errors import ExitCode, PostgresError
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
from bot.world import World
from bot.world.choosing import world_with

SUMMARY_WIDTH = 100


def run(
    worlds: Sequence[World], names: Sequence[str], form: str = "text", *, drift: bool = False
) -> ExitCode:
    """One row a target. A target that was named must answer; others may be unset."""
    named = [_found(name, world_with(name, worlds)) for name in names]
    found = named or [(each, world) for world in worlds for each in world.settings.targets.values()]
    history = cache(lambda folder: history_of(by_folder[folder]))
    by_folder = {world.settings.folder: world for world in worlds}
    rows = [
        _status(target, history(there.settings.folder), there, named=bool(names))
        for target, there in found
    ]
    if drift:
        rows = [
            _looked_at(row, target, history(there.settings.folder), there)
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


def _status(target: Target, history: History, world: World, *, named: bool) -> TargetStatus:
    if not named and not target.is_set(world.environ):
        problem = f"{target.url_env} is not set"
        gates = unreached_gates(target, world)
        return TargetStatus(target.name, target.kind, gates=gates, problem=problem, unset=True)
    try:
        if target.fleet is not None:
            survey = survey_fleet(target, world)
            gates = gates_ahead(target, survey.plan.pending, world, plan=survey.plan)
            return TargetStatus(
                target.name, target.kind, survey.plan, gates, named=named, fleet=survey
            )
        with world.connect(target) as database:
            holder = database.lock_holder()
            plan = forecast(target, history, database)
    except PostgresError as error:
        if named:
            raise
        gates = unreached_gates(target, world)
        return TargetStatus(
            target.name, target.kind, gates=gates, problem=error.message, hint=error.hint
        )
    details = details_of(plan, history, world)
    return TargetStatus(
        target.name,
        target.kind,
        plan,
        gates_ahead(target, plan.pending, world, plan=plan),
        lock_holder=holder.words if holder else None,
        details=with_classes(details, plan, history, world) if named else details,
        named=named,
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
