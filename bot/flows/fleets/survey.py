"""Looking at every tenant of a fleet, and changing nothing."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from bot.core.counting import count
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.survey import Look, Survey
from bot.core.targets.fleet import Tenant
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.fleet.classes import classes_of
from bot.fleet.turns import Turns
from bot.fleet.waves import cut_in_waves
from bot.flows.fleets.crew import Crew
from bot.flows.fleets.tenants import fleet_of, tenants_of
from bot.flows.reviewing.history import history_of
from bot.world import World


def survey(
    target: Target, tenants: Sequence[Tenant], world: World, *, fingerprints: bool = True
) -> Survey:
    """Every tenant's plan, and with `fingerprints` how its catalogue looks, in the order given."""
    fleet = fleet_of(target)
    history = history_of(world).migrations
    looks: dict[str, Look] = {}
    lock = threading.Lock()

    def look(tenant: Tenant) -> bool:
        assert world.fleets is not None
        try:
            with world.fleets.connect(target, tenant) as database:
                rows, unbaselined = database.applied(), database.unbaselined()
                plan = make_plan(target.name, history, rows, unbaselined=unbaselined)
                seen = database.fingerprint() if fingerprints else ""
                found = Look(tenant.name, plan, seen)
        except PostgresError as error:
            found = Look(tenant.name, problem=error.message, hint=error.hint)
        with lock:
            looks[tenant.name] = found
            seen_one()
        return False

    crew = Crew(Turns(tenants, per_server=fleet.per_server), look)
    asking = f"asking {count(len(tenants), 'tenant')} of {target.name}"
    with world.console.waiting(asking, of=len(tenants)) as seen_one:
        crew.run(min(fleet.parallel, len(tenants)), lambda: None)
    ordered = tuple(looks[each.name] for each in tenants)
    return Survey(target.name, ordered, classes_of(ordered))


def survey_fleet(target: Target, world: World) -> Survey:
    """All tenants, and the waves that a rollout would go through."""
    tenants = tenants_of(target, world)
    cuts = cut_in_waves(tenants, fleet_of(target).waves)
    sizes = tuple((wave.name, len(members)) for wave, members in cuts)
    return replace(survey(target, tenants, world), waves=sizes)
