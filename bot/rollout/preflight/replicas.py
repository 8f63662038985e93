"""Standbys that are behind: a rollout would put more on top of what they have still to do."""

from datetime import timedelta

from bot.core.rehearsals.sizes import size_text
from bot.core.rollouts.replication import Replication
from bot.core.targets.target import ReplicaPolicy, Target
from bot.errors import PostgresError
from bot.rollout.telling.telling import Telling
from bot.world import Database

_PAUSE = 1.0
_TOLD_EVERY = timedelta(seconds=10)


def wait_for_replicas(database: Database, telling: Telling) -> None:
    """Returns when nothing is further behind than the target allows. Raises PostgresError when the
    target's time for that is used up, or the role may not see it."""
    target, world = telling.target, telling.world
    policy = target.replicas
    if not policy.watched:
        return
    deadline = world.now() + timedelta(milliseconds=policy.wait)
    tell_at = world.now()
    while late := behind(database.replication(), policy, target):
        now = world.now()
        if now >= deadline:
            raise PostgresError(
                f"{target.name}: {late} is too far behind, after {policy.wait // 1000} seconds of "
                "waiting. Nothing was changed.",
                hint="See what holds it up (pg_stat_replication, pg_replication_slots), drop a "
                "slot that nobody uses, or raise `replicas` of the target.",
            )
        if now >= tell_at:
            telling.waiting_for_replicas(f"{target.name}: waiting for {late} to catch up")
            tell_at = now + _TOLD_EVERY
        world.sleep(_PAUSE)


def behind(found: Replication, policy: ReplicaPolicy, target: Target) -> str:
    """One that is further behind than it may be, in words; "" if none is."""
    if found.unseen:
        raise PostgresError(
            f"{target.name} has replicas, and this role may not see how far they are.",
            hint="`GRANT pg_monitor TO` the role, or leave `replicas` of the target out.",
            sqlstate="42501",
        )
    done = [(each.name, each.replayed) for each in found.standbys]
    done += [(f"slot {each.name}", each.read) for each in found.slots]
    for name, place in done:
        if policy.behind is not None and found.written - place > policy.behind:
            return f"{name} ({size_text(found.written - place)} behind)"
    for each in found.standbys:
        if policy.lag is not None and (each.lag or 0) * 1000 > policy.lag:
            return f"{each.name} ({each.lag:,.0f} s behind)"
    return ""
