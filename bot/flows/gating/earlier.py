"""What the target before has done with migrations: from its own rows, and GitHub's deployments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.github.deployment import Carried, carried_by
from bot.core.migrations.migration import AppliedMigration, Migration, same_checksum
from bot.core.targets.target import Target
from bot.flows.fleets.survey import survey
from bot.flows.fleets.tenants import tenants_of
from bot.world import World


def earlier_of(
    target: Target, wanted: Sequence[Migration], world: World
) -> Mapping[str, Carried] | None:
    """What the newest rollout to a target did of each migration, by name; None if nothing can say.

    The target itself is the best witness of the text. How the rollout ended, and since when it is
    there, is GitHub's to say; in a job that may not reach the target it stands in for it.
    """
    told = None
    if world.github is not None:
        deployments = world.github.deployments(target.name)
        told = carried_by(deployments, [each.name for each in wanted])
    if not target.is_set(world.environ):
        return told
    seen = _applied_everywhere if target.fleet is not None else _applied
    found = seen(target, wanted, world)
    known = {each.name: each for each in wanted}
    return {
        name: _agreed(known[name], each, (told or {}).get(name)) for name, each in found.items()
    }


def _agreed(migration: Migration, seen: Carried, told: Carried | None) -> Carried:
    """A deployment of another text than the target has says nothing of the one it has."""
    if told is None or not _same(migration, seen, told):
        return seen
    times = [each.at for each in (seen, told) if each.at is not None]
    return replace(told, checksum=seen.checksum, at=max(times, default=None))


def _same(migration: Migration, *carried: Carried) -> bool:
    return all(same_checksum(each.checksum, migration.sql) for each in carried)


def _applied(target: Target, wanted: Sequence[Migration], world: World) -> dict[str, Carried]:
    names = {each.name for each in wanted}
    with world.connect(target) as database:
        rows = [row for row in database.applied() if row.finished and row.name in names]
    return {row.name: _carried(row) for row in rows}


def _applied_everywhere(
    target: Target, wanted: Sequence[Migration], world: World
) -> dict[str, Carried]:
    """What each tenant of a fleet has, since the last of them: one that lacks a text, or is silent,
    counts."""
    found = survey(target, tenants_of(target, world), world, fingerprints=False)
    if found.unreachable:
        return {}
    plans = [each.plan for each in found.looks if each.plan is not None]
    rows: dict[str, list[AppliedMigration]] = {}
    for standing in (standing for plan in plans for standing in plan.standings):
        if standing.row is not None and standing.row.finished:
            rows.setdefault(standing.name, []).append(standing.row)
    everywhere = set(found.plan.applied) - set(found.plan.modified)
    return {
        each.name: _carried(max(rows[each.name], key=lambda row: row.finished_at or row.started_at))
        for each in wanted
        if each.name in everywhere
    }


def _carried(row: AppliedMigration) -> Carried:
    return Carried(row.checksum, at=row.finished_at)
