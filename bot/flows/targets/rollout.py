"""What a rollout to a target is made of, for every verb that plans or applies one."""

from bot.core.gates.gate import Gate
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.status import Details
from bot.core.rollouts.survey import Survey
from bot.core.targets.target import Target
from bot.flows.fleets.survey import survey_fleet
from bot.flows.gating.gates import gates_of
from bot.flows.reviewing.history import history_of
from bot.flows.reviewing.review import cut_named
from bot.flows.targets.expected import expected_of, queries_of
from bot.flows.targets.forecasting import differing
from bot.flows.targets.standing import details_of, forecast, with_classes
from bot.rollout.procedure import Order
from bot.world import World


def order_for(target: Target, world: World, *, expect_digest: str | None = None) -> Order:
    history = history_of(world)
    return Order(
        target=target,
        history=history,
        judge=lambda names: cut_named(names, history, world),
        gates=lambda plan: gates_of(plan, target, world),
        expect_digest=expect_digest,
        expected=lambda plan, facts, schema: expected_of(history, plan, facts, schema, world),
        queries=queries_of(target, world),
        differs=differing(expect_digest, history, world),
    )


def plan_for(target: Target, world: World) -> tuple[Plan, tuple[Gate, ...]]:
    """The plan as it would be now, and its gates; without the lock, so it is a forecast.

    Of a fleet it is what is pending anywhere."""
    if target.fleet is not None:
        survey, gates = fleet_plan_for(target, world)
        return survey.plan, gates
    history = history_of(world)
    with world.console.waiting(f"asking {target.name}"):
        with world.connect(target) as database:
            plan = forecast(target, history, database)
        return plan, gates_of(plan, target, world)


def fleet_plan_for(target: Target, world: World) -> tuple[Survey, tuple[Gate, ...]]:
    """What a rollout to a fleet would begin with: its tenants, and the gates before all of them."""
    survey = survey_fleet(target, world)
    return survey, gates_of(survey.plan, target, world)


def plan_details(plan: Plan, world: World) -> Details:
    """What the texts and git add to a plan, where there is something to add."""
    begun = any(each.checkpoint is not None for each in plan.standings)
    history = history_of(world)
    details = details_of(plan, history, world) if begun or plan.modified else Details()
    return with_classes(details, plan, history, world)
