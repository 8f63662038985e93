"""What a rollout to a target is made of, for every verb that plans or applies one."""

from collections.abc import Iterator

from bot.core.gate import Gate
from bot.core.history import History
from bot.core.migration import DOWN_SCRIPT, PROVIDER, SCRIPT
from bot.core.plan import Plan
from bot.core.status import Details
from bot.core.target import Target
from bot.errors import UsageError
from bot.flows.expected import expected_of, queries_of
from bot.flows.gates import gates_of
from bot.flows.review import cut_named
from bot.flows.standing import details_of, forecast
from bot.rollout.procedure import Order
from bot.world import World


def history_of(world: World) -> History:
    """The history to roll out. Raises UsageError if a part of it would be passed over."""
    history = world.checkout.history()
    obstacles = list(_obstacles(history))
    if obstacles:
        raise UsageError(
            f"The history cannot be rolled out: {'; '.join(obstacles)}.",
            hint="`migration-bot check --all` shows each with what mends it.",
        )
    return history


def _obstacles(history: History) -> Iterator[str]:
    """What stops Prisma as well (P3019, P3015), before anything is applied and not half-way."""
    if history.provider not in (None, PROVIDER):
        named = history.provider or "no provider"
        yield f"{history.lock_path} names {named}, and only {PROVIDER} is known here (P3019)"
    for path, reason in (history.unreadable or {}).items():
        if not path.endswith(f"/{DOWN_SCRIPT}"):
            yield f"{path} cannot be read: {reason}"
    for name in history.incomplete:
        yield f"{name} has no {SCRIPT} (P3015)"


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
    )


def plan_for(target: Target, world: World) -> tuple[Plan, tuple[Gate, ...]]:
    """The plan as it would be now, and its gates; without the lock, so it is a forecast."""
    history = history_of(world)
    with world.connect(target) as database:
        plan = forecast(target, history, database)
    return plan, gates_of(plan, target, world)


def plan_details(plan: Plan, world: World) -> Details:
    """What the texts and git add to a plan, where there is something to add."""
    begun = any(each.checkpoint is not None for each in plan.standings)
    return details_of(plan, history_of(world), world) if begun or plan.modified else Details()
