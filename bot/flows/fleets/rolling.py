"""A rollout to a fleet: wave after wave, each tenant by the procedure that every target goes by.

Nothing is kept about how far it is: each tenant's own rows say so. Whatever ends a run, running it
again goes on where it was.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.rollouts.progress import Progress
from bot.core.targets.fleet import Shard, Tenant
from bot.core.targets.fleet_outcome import FleetOutcome
from bot.core.targets.target import Target
from bot.errors import FleetStopped, GateClosed
from bot.fleet.waves import Cut, allowed_failures, before_shard, cut_in_waves, in_shard
from bot.flows.fleets.run import Run
from bot.flows.fleets.survey import survey
from bot.flows.fleets.tenant import Shared
from bot.flows.fleets.tenants import fleet_of, tenants_of
from bot.flows.fleets.wave import WaveRun
from bot.flows.reviewing.history import history_of
from bot.flows.targets.forecasting import differing
from bot.flows.targets.showing import show_fleet_outcome
from bot.rollout.preflight.agreement import not_agreed_to
from bot.world import World

# How long a shard waits for the waves before its own, which another job goes through.
_PATIENCE = timedelta(minutes=30)
_POLL = 10.0


def roll_out_fleet(
    target: Target,
    world: World,
    *,
    shard: Shard | None = None,
    expect_digest: str | None = None,
) -> FleetOutcome:
    """Apply what is pending on every tenant, or on those of a shard.

    A tenant that fails is in the outcome, and raises nothing. Raises UsageError, HistoryError if
    the plan is not the one that was agreed to, GateClosed if a shard's turn does not come.
    """
    tenants = tenants_of(target, world)
    cuts = cut_in_waves(tenants, fleet_of(target).waves)
    shared = Shared(target, history_of(world), world)
    if expect_digest is not None:
        _require_expected(target, tenants, expect_digest, world)
    _wait_for_waves(before_shard(cuts, shard), shared)
    run = Run(shared, shard, in_shard(cuts, shard))
    _go_through(run)
    return run.outcome()


def roll_out_shown(
    target: Target,
    world: World,
    *,
    shard: Shard | None = None,
    expect_digest: str | None = None,
) -> Progress:
    """The same inside a job: the outcome goes to its log and its summary.

    Raises FleetStopped if a tenant of this run lacks anything, with the exit code for it.
    """
    outcome = roll_out_fleet(target, world, shard=shard, expect_digest=expect_digest)
    show_fleet_outcome(outcome, world)
    progress = outcome.progress(target)
    if not outcome.complete:
        hint = outcome.hint or "See the job's summary; run it again once they are mended."
        raise FleetStopped(f"{target.name}: {progress.message}", hint=hint, code=outcome.exit_code)
    return progress


def _go_through(run: Run) -> None:
    """Wave after wave, until one stops the run."""
    try:
        for place, (wave, tenants) in enumerate(run.cuts):
            if run.stopped:
                return
            first = place == 0 and (run.shard is None or run.shard.index == 0)
            last = place == len(run.cuts) - 1
            WaveRun(run, wave, tenants, first=first).go(last=last)
    except KeyboardInterrupt:
        run.interrupt()


def _require_expected(
    target: Target, tenants: Sequence[Tenant], expected: str, world: World
) -> None:
    plan = survey(target, tenants, world).plan
    if plan.digest != expected:
        differs = differing(expected, history_of(world), world)
        raise not_agreed_to(plan, expected, differs(plan))


def _wait_for_waves(cuts: Sequence[Cut], shared: Shared) -> None:
    """Until the tenants of earlier waves have everything, but for as many as may fail."""
    world, target = shared.world, shared.target
    deadline = world.now() + _PATIENCE
    for place, (wave, tenants) in enumerate(cuts):
        spare = allowed_failures(fleet_of(target).errors, len(tenants), first=place == 0)
        left = tenants
        while len(left := _behind(left, shared)) > spare:
            if world.now() >= deadline:
                raise GateClosed(
                    f"{target.name} is closed. The wave {wave.name} is not done: "
                    f"{len(left):,} of {len(tenants):,} tenants lack migrations.",
                    hint=f"Apply it first: `migration-bot apply {target.name} --shard 0/N`.",
                )
            world.console.say(f"waiting for the wave {wave.name}: {len(left):,} tenants to go")
            world.sleep(_POLL)


def _behind(tenants: Sequence[Tenant], shared: Shared) -> tuple[Tenant, ...]:
    looks = survey(shared.target, tenants, shared.world, fingerprints=False).looks
    behind = {each.tenant for each in looks if each.plan is None or each.plan.pending}
    return tuple(each for each in tenants if each.name in behind)
