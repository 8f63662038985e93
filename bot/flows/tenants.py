"""The tenants of a target that is a fleet."""

from bot.core.fleet import Fleet, Shard, Tenant
from bot.core.target import Target
from bot.errors import UsageError
from bot.fleet.waves import cut_in_waves, shards_for
from bot.world import World

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


def slices_of(
    target: Target, world: World, *, size: int | None = None, most: int = MOST_JOBS
) -> tuple[Shard, ...]:
    """The slices of its last wave, of `size` tenants or what the configuration says."""
    fleet = fleet_of(target)
    cuts = cut_in_waves(tenants_of(target, world), fleet.waves)
    return shards_for(cuts, size or fleet.shard_size, most)
