"""The tenants of a target that is a fleet."""

from bot.core.fleet import Fleet, Tenant
from bot.core.target import Target
from bot.errors import UsageError
from bot.world import World


def tenants_of(target: Target, world: World) -> tuple[Tenant, ...]:
    """Raises UsageError if the target is no fleet, or one without tenants; or PostgresError."""
    if target.fleet is None or world.fleets is None:
        raise UsageError(
            f"{target.name} is one database, not a fleet.",
            hint=f"Say where its tenants are listed: `fleet:` under `targets.{target.name}`.",
        )
    found = world.fleets.tenants(target)
    if not found:
        raise UsageError(
            f"The fleet {target.name} has no tenants.",
            hint="See what its source lists; an empty fleet is more often a mistake than not.",
        )
    return found


def fleet_of(target: Target) -> Fleet:
    assert target.fleet is not None
    return target.fleet
