"""The tenants of a target that is a fleet."""

from contextlib import AbstractContextManager
from dataclasses import replace
from difflib import get_close_matches

from bot.core.targets.fleet import Fleet, Shard, Tenant
from bot.core.targets.target import Target
from bot.errors import UsageError
from bot.fleet.waves import cut_in_waves, shards_for
from bot.world import Database, World

# GitHub: a matrix generates at most 256 jobs in a workflow run.
MOST_JOBS = 256


def tenants_of(target: Target, world: World) -> tuple[Tenant, ...]:
    """Raises UsageError if the target is no fleet, or one without tenants; or PostgresError."""
    fleet_of(target)
    assert world.fleets is not None
    found = world.fleets.tenants(target)
    if not found:
        raise UsageError(
            f"The fleet {target.name} has no tenants.",
            hint="See what its source lists; an empty fleet is more often a mistake than not.",
        )
    return found


def fleet_of(target: Target) -> Fleet:
    """Raises UsageError if the target is one database."""
    if target.fleet is None:
        raise UsageError(
            f"{target.name} is one database, not a fleet.",
            hint=f"Say where its tenants are listed: `fleet:` under `targets.{target.name}`.",
        )
    return target.fleet


def addressed(name: str, world: World) -> tuple[Target, World]:
    """One database by its name, FLEET/TENANT for a tenant, and the world in which it is reached.

    Raises UsageError if there is none of that name, or if it names a whole fleet.
    """
    fleet_name, slash, tenant_name = name.partition("/")
    if not slash or name in world.settings.targets:
        target = world.settings.target(name)
        if target.fleet is not None:
            raise UsageError(
                f"{name} is a fleet: this is done to one tenant at a time.",
                hint=f"Name one, as {name}/TENANT; `migration-bot status {name}` lists them.",
            )
        return target, world
    fleet = world.settings.target(fleet_name)
    return _one_of(fleet, _named(tenant_name, fleet, world), world)


def _named(name: str, fleet: Target, world: World) -> Tenant:
    known = {each.name: each for each in tenants_of(fleet, world)}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    raise UsageError(
        f"The fleet {fleet.name} has no tenant {name!r}.",
        hint=f"Did you mean {fleet.name}/{near[0]}?"
        if near
        else f"`migration-bot status {fleet.name}` lists them.",
    )


def _one_of(fleet: Target, tenant: Tenant, world: World) -> tuple[Target, World]:
    own = replace(fleet, name=f"{fleet.name}/{tenant.name}", fleet=None)

    def connect(target: Target) -> AbstractContextManager[Database]:
        assert world.fleets is not None
        return world.fleets.connect(own, tenant) if target == own else world.connect(target)

    return own, replace(world, connect=connect)


def slices_of(
    target: Target, world: World, *, size: int | None = None, most: int = MOST_JOBS
) -> tuple[Shard, ...]:
    """The slices of its last wave, of `size` tenants or what the configuration says."""
    fleet = fleet_of(target)
    cuts = cut_in_waves(tenants_of(target, world), fleet.waves)
    return shards_for(cuts, size or fleet.shard_size, most)
