"""One target for the board: each thing asked by itself, and what is not answered said."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.core.board.board import TargetBoard
from bot.core.board.unread import Unread
from bot.core.board.waves import WaveBoard, tenant_board
from bot.core.drift.look import DriftState
from bot.core.gates.settled import settled
from bot.core.migrations.history import History
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.status import TargetStatus
from bot.core.rollouts.survey import Survey
from bot.core.targets.target import Kind, Target
from bot.errors import BotError
from bot.fleet.waves import cut_in_waves
from bot.flows.fleets.survey import survey_fleet
from bot.flows.fleets.tenants import fleet_of, tenants_of
from bot.flows.gating.gates import gates_ahead
from bot.flows.targets.drifting import look_at
from bot.flows.targets.forecasting import unreached_gates
from bot.flows.targets.standing import details_of, forecast, with_classes
from bot.world import World

# The newest of a target's rollouts; a year of daily ones.
MOST_RECORDS = 400

Answer = TypeVar("Answer")


@dataclass
class _Asked:
    """Keeps what could not be had of one target."""

    unread: list[Unread] = field(default_factory=list)

    def __call__(self, what: str, ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except BotError as error:
            self.unread.append(Unread(what, error.message, error.hint))
            return None


def target_board(target: Target, history: History, world: World, *, drift: bool) -> TargetBoard:
    """Raises nothing: a target that does not answer is a part of the board."""
    blank = TargetBoard(
        TargetStatus(target.name, target.kind), after=target.after, url=target.environment_url or ""
    )
    asked = _Asked()
    if not target.is_set(world.environ):
        found = _with_backups(_unset(blank, target, world), target, world, asked)
        return replace(found, unread=(*found.unread, *asked.unread))
    status = asked(f"the state of {target.name}", lambda: _status(target, history, world))
    if status is None:
        problem = asked.unread[-1]
        gates = unreached_gates(target, world)
        status = replace(blank.status, gates=gates, problem=problem.why, hint=problem.hint)
    elif target.fleet is None:
        status = _with_drift(status, target, history, world, asked, drift=drift)
    found = replace(blank, status=status)
    if status.plan is not None and target.fleet is None:
        records = asked(f"the rollouts of {target.name}", lambda: _records(target, world))
        found = replace(found, records=records or ())
    survey = status.fleet
    if survey is not None:
        waves = asked(f"the waves of {target.name}", lambda: _waves(target, survey, world))
        found = replace(found, waves=waves or ())
    found = _with_backups(found, target, world, asked)
    return replace(found, unread=tuple(asked.unread))


def _unset(blank: TargetBoard, target: Target, world: World) -> TargetBoard:
    problem = f"{target.url_env} is not set"
    status = replace(
        blank.status, gates=unreached_gates(target, world), problem=problem, unset=True
    )
    hint = f"Set {target.url_env} where `migration-bot report` runs, to a role that may read."
    what = f"the state, the rollouts and the drift of {target.name}"
    return replace(blank, status=status, unread=(Unread(what, problem, hint),))


def _status(target: Target, history: History, world: World) -> TargetStatus:
    if target.fleet is not None:
        survey = survey_fleet(target, world)
        gates = gates_ahead(target, survey.plan.pending, world, plan=survey.plan)
        return TargetStatus(target.name, target.kind, survey.plan, gates, fleet=survey)
    with world.connect(target) as database:
        holder = database.lock_holder()
        plan = forecast(target, history, database)
    return TargetStatus(
        target.name,
        target.kind,
        plan,
        gates_ahead(target, plan.pending, world, plan=plan),
        lock_holder=holder.words if holder else None,
        details=with_classes(details_of(plan, history, world), plan, history, world),
    )


def _with_drift(
    status: TargetStatus,
    target: Target,
    history: History,
    world: World,
    asked: _Asked,
    *,
    drift: bool,
) -> TargetStatus:
    what = f"the drift of {target.name}"
    if not drift:
        why = "nobody asked for it: looking takes a few seconds"
        hint = "Add `--drift` to `migration-bot report`."
        asked.unread.append(Unread(what, why, hint, asked=False))
        return status
    look = asked(what, lambda: look_at(target, history, world))
    if look is None:
        return status
    if look.state is DriftState.UNKNOWN:
        asked.unread.append(Unread(what, look.problem, look.hint))
    gates = settled(
        status.gates, target, world.now(), found=look.as_before(target.drift_mode), taken=None
    )
    return replace(status, look=look, gates=gates)


def _records(target: Target, world: World) -> tuple[Sealed, ...]:
    with world.connect(target) as database:
        return database.records(MOST_RECORDS)


def _with_backups(found: TargetBoard, target: Target, world: World, asked: _Asked) -> TargetBoard:
    """What development has of them is nobody's proof of anything."""
    if target.kind is Kind.DEVELOPMENT:
        return found
    what = f"the backups of {target.name}"
    if target.backup.elsewhere:
        why = "its recovery points are kept by its provider, and are no files of ours"
        asked.unread.append(Unread(what, why, "Look at them with the provider's own tools."))
        return found
    listed = asked(what, lambda: (world.backups.listed(target), world.backups.strays(target)))
    return replace(found, backups=listed[0], strays=listed[1]) if listed else found


def _waves(target: Target, survey: Survey, world: World) -> tuple[WaveBoard, ...]:
    looks = {each.tenant: tenant_board(each) for each in survey.looks}
    cuts = cut_in_waves(tenants_of(target, world), fleet_of(target).waves)
    return tuple(
        WaveBoard(wave.name, tuple(looks[each.name] for each in tenants if each.name in looks))
        for wave, tenants in cuts
    )
