"""The procedure: look, agree, look again under the lock, take out, apply, give back, hooks.

What is there is taken out in one transaction, so that whatever kills us, the database is as it was,
or empty, or on its way back; the same command again does what is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.gates.gate import closed
from bot.core.migrations.history import History
from bot.core.resets.refusing import Other, refusal, refusal_by_address, refusal_by_kind
from bot.core.resets.scene import Clearing, Scene
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.progress import Progress
from bot.core.targets.creation import Created
from bot.core.targets.hooks import HookRun, Wishes
from bot.core.targets.target import Target
from bot.errors import GateClosed, HistoryError, UsageError
from bot.flows.gating.gates import gates_of
from bot.flows.resetting.clearing import clearing_of
from bot.flows.resetting.others import address_of, others_of
from bot.flows.reviewing.history import history_of
from bot.flows.reviewing.review import cut_named
from bot.flows.targets.carrying_out import carried_out
from bot.flows.targets.creating import create_missing
from bot.flows.targets.hooking import run_hooks
from bot.flows.targets.rollout import order_for
from bot.report.escape import one_line
from bot.rollout.preflight.ready import require_ready
from bot.rollout.runnable import require_runnable
from bot.world import World
from bot.world.resetting import ResetSite, Resetting


@dataclass(frozen=True)
class ResetPlan:
    """What would be done, for whoever has to agree. `others` are those it was told from."""

    target: Target
    scene: Scene
    clearing: Clearing
    migrations: tuple[str, ...]
    wishes: Wishes
    others: tuple[Other, ...] = ()
    created: Created | None = None


@dataclass(frozen=True)
class Reset:
    """How it went. `rights` is how many owners and rights were given back, `refused` what was
    not."""

    plan: ResetPlan
    progress: Progress
    rights: int = 0
    refused: tuple[str, ...] = ()
    hooks: tuple[HookRun, ...] = ()


def plan_reset(target: Target, wishes: Wishes, world: World, worlds: Sequence[World]) -> ResetPlan:
    """Raises BotError for whatever stands against it; nothing was changed then. A missing database
    is made."""
    if (refused := refusal_by_kind(target, world.environ)) is not None:
        raise refused
    history = history_of(world)
    _require_open(target, history, world)
    names = [each.name for each in history.migrations]
    judged = cut_named(names, history, world)
    require_runnable(judged)
    others = others_of(target, worlds)
    _require_own_place(target, others, world)
    created = create_missing(target, world)
    with _resetting_of(world).at(target) as site:
        scene = _looked_at(target, site, others)
    clearing = clearing_of(judged, scene.facts.schema)
    return ResetPlan(target, scene, clearing, tuple(names), wishes, others, created)


def carry_out(
    plan: ResetPlan, world: World, heard: Callable[[str], None] = lambda step: None
) -> Reset:
    """`heard` is told of each step as it is done."""
    target = plan.target
    with (
        _resetting_of(world).at(target) as site,
        site.exclusively(world.console.say),
    ):
        heard("locked")
        scene = _looked_at(target, site, plan.others)
        if not scene.facts.identity.is_same(plan.scene.facts.identity):
            raise HistoryError(
                f"{target.name} is another database than a moment ago. Nothing was changed.",
                hint="Run the same command again: it shows what it would do now.",
            )
        world.console.say("taking out what is there")
        site.clear(plan.clearing)
        heard("cleared")
    progress = carried_out(order_for(target, world), world)
    heard("applied")
    with _resetting_of(world).at(target) as site:
        rights, refused = site.give_back()
    heard("given back")
    for each in refused:
        world.console.say(f"not given back: {one_line(each)}")
    hooks = run_hooks(target, plan.wishes, world)
    return Reset(plan, progress, rights, tuple(map(one_line, refused)), hooks)


def _require_own_place(target: Target, others: Sequence[Other], world: World) -> None:
    """What its connection string alone tells must not be found out on a database that we made."""
    address = address_of(target, world)
    if address is not None and (refused := refusal_by_address(target, others, address)) is not None:
        raise refused


def _looked_at(target: Target, site: ResetSite, others: Sequence[Other]) -> Scene:
    """Raises BotError if it may not be reset as it is now."""
    scene = site.scene()
    if (refused := refusal(target, scene, others, site.address)) is not None:
        raise refused
    require_ready(scene.facts, target)
    return scene


def _require_open(target: Target, history: History, world: World) -> None:
    """A gate that is closed to what comes afterwards must not leave an empty database behind."""
    plan = make_plan(target.name, history.migrations, ())
    shut = closed(gates_of(plan, target, world))
    if shut:
        reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in shut)
        hints = " ".join(dict.fromkeys(gate.hint for gate in shut if gate.hint))
        raise GateClosed(
            f"{target.name} is closed. {reasons}. Nothing was changed.",
            hint=hints or "Open the gate first.",
        )


def _resetting_of(world: World) -> Resetting:
    if world.resetting is None:
        raise UsageError("Nothing can be reset here.", hint="Run it at a terminal.")
    return world.resetting
