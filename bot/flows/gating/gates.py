"""The facts that the gates of a target ask for, gathered from reviews, deployments and targets."""

from collections.abc import Mapping, Sequence

from bot.core.approval import PullFacts
from bot.core.deployment import applied_texts
from bot.core.gate import Gate
from bot.core.gates.approval import approval_gate
from bot.core.gates.staging_first import staging_first_gate
from bot.core.migration import Migration
from bot.core.plan import Plan
from bot.core.pull import Pull
from bot.core.target import Target
from bot.flows.fleets.survey import survey
from bot.flows.fleets.tenants import tenants_of
from bot.world import World


def gates_of(plan: Plan, target: Target, world: World) -> tuple[Gate, ...]:
    """Every gate between a plan and its target, open or closed. None if nothing is pending."""
    gates: list[Gate] = []
    if not plan.pending:
        return ()
    if target.after is not None:
        earlier = texts_applied(world.settings.target(target.after), plan.pending, world)
        gates.append(staging_first_gate(target, plan.pending, earlier))
    pulls = None
    if target.approvals and world.github is not None:
        pulls = pull_facts(plan.pending, world)
    gates.append(approval_gate(target, plan.pending, pulls))
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


def pulls_of(migrations: Sequence[Migration], world: World) -> dict[str, Pull]:
    """The pull request that brought each migration; those pushed without one are left out."""
    if world.github is None:
        return {}
    by_commit: dict[str, Pull | None] = {}
    found: dict[str, Pull] = {}
    for migration in migrations:
        commit = world.checkout.added_by(migration.name)
        if commit is None:
            continue
        if commit not in by_commit:
            by_commit[commit] = world.github.pull_of(commit)
        pull = by_commit[commit]
        if pull is not None:
            found[migration.name] = pull
    return found


def pull_facts(migrations: Sequence[Migration], world: World) -> dict[str, PullFacts]:
    """What the approval gate must know of each migration's pull request."""
    assert world.github is not None
    pulls = pulls_of(migrations, world)
    facts: dict[int, PullFacts] = {}
    for pull in pulls.values():
        if pull.number not in facts:
            paths = {each.name: each.path for each in migrations if pulls.get(each.name) == pull}
            facts[pull.number] = world.github.facts(pull, paths)
    return {name: facts[pull.number] for name, pull in pulls.items()}
