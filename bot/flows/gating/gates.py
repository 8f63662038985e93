"""The facts that the gates of a target ask for, gathered from reviews, deployments and targets."""

from collections.abc import Mapping, Sequence

from bot.core.deployment import applied_texts
from bot.core.gate import Gate
from bot.core.gates.staging_first import staging_first_gate
from bot.core.migration import Migration
from bot.core.plan import Plan
from bot.core.target import Target
from bot.flows.fleets.survey import survey
from bot.flows.fleets.tenants import tenants_of
from bot.flows.gating.approvals import approval_of
from bot.world import World


def gates_of(plan: Plan, target: Target, world: World) -> tuple[Gate, ...]:
    """Every gate between a plan and its target, open or closed. None if nothing is pending."""
    gates: list[Gate] = []
    if not plan.pending:
        return ()
    if target.after is not None:
        earlier = texts_applied(world.settings.target(target.after), plan.pending, world)
        gates.append(staging_first_gate(target, plan.pending, earlier))
    gates.append(approval_of(target, plan.pending, world))
    return tuple(gates)


def texts_applied(
    target: Target, wanted: Sequence[Migration], world: World
) -> Mapping[str, str] | None:
    """Which texts a target has applied; None if nothing can say.

    The target itself is the best witness. In a job that may not reach it, GitHub's record of the
    rollouts that succeeded stands in.
    """
    if target.is_set(world.environ) and target.fleet is not None:
        return _applied_everywhere(target, wanted, world)
    if target.is_set(world.environ):
        with world.connect(target) as database:
            return {row.name: row.checksum for row in database.applied() if row.finished}
    if world.github is not None:
        return applied_texts(world.github.deployments(target.name), wanted)
    return None


def _applied_everywhere(
    target: Target, wanted: Sequence[Migration], world: World
) -> Mapping[str, str]:
    """The texts that each tenant of a fleet has: one that lacks a text, or is silent, counts."""
    seen = survey(target, tenants_of(target, world), world, fingerprints=False)
    plan = seen.plan
    if seen.unreachable:
        return {}
    edited = set(plan.modified)
    applied = set(plan.applied) - edited
    return {each.name: each.checksum for each in wanted if each.name in applied}
