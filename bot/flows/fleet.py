"""A rollout to a fleet: wave after wave, each tenant by the procedure that every target goes by.

Nothing is kept about how far it is: each tenant's own rows say so. Whatever ends a run, running it
again goes on where it was.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.fleet import Fleet, Shard, Tenant, Wave
from bot.core.fleet_outcome import BAD, FleetOutcome, TenantResult, TenantState, in_words
from bot.core.plan import digest_of
from bot.core.progress import Progress
from bot.core.target import Target
from bot.errors import BotError, FleetStopped, GateClosed, HistoryError, Interrupted, PostgresError
from bot.fleet.classes import head_of
from bot.fleet.failures import MOST_ATTEMPTS, Meaning, meaning_of
from bot.fleet.turns import Turns
from bot.fleet.waves import Cut, allowed_failures, before_shard, cut_in_waves, in_shard
from bot.flows.fleet_tenant import Backups, Shared
from bot.flows.fleet_work import Crew
from bot.flows.history import history_of
from bot.flows.showing import show_fleet_outcome
from bot.flows.survey import survey
from bot.flows.tenants import fleet_of, tenants_of
from bot.report import words
from bot.rollout.procedure import roll_out
from bot.world import World

# How long a shard waits for the waves before its own, which another job goes through.
_PATIENCE = timedelta(minutes=30)
_POLL = 10.0
_TELL_EVERY = timedelta(seconds=5)
_STATES = {
    Meaning.RETRY: TenantState.FAILED,
    Meaning.PARK: TenantState.PARKED,
    Meaning.CLOSE: TenantState.BROKEN,
    Meaning.STOP: TenantState.BROKEN,
}


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
    run = _Run(shared, shard, in_shard(cuts, shard))
    run.go()
    return run.outcome()


def roll_out_shown(target: Target, world: World, *, shard: Shard | None = None) -> Progress:
    """The same inside a job: the outcome goes to its log and its summary.

    Raises FleetStopped if a tenant of this run lacks anything, with the exit code for it.
    """
    outcome = roll_out_fleet(target, world, shard=shard)
    show_fleet_outcome(outcome, world)
    progress = outcome.progress(target)
    if not outcome.complete:
        hint = outcome.hint or "See the job's summary; run it again once they are mended."
        raise FleetStopped(f"{target.name}: {progress.message}", hint=hint, code=outcome.exit_code)
    return progress


def _require_expected(
    target: Target, tenants: Sequence[Tenant], expected: str, world: World
) -> None:
    digest = survey(target, tenants, world).plan.digest
    if digest != expected:
        raise HistoryError(
            f"{target.name}: the plan is not the one that was agreed to "
            f"(agreed {expected}, now {digest}).",
            hint=f"Look at the new plan with `migration-bot plan {target.name}`, and agree to "
            "that.",
        )


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


@dataclass
class _Run:
    """One run over the waves of a shard. The threads write results under `lock`."""

    shared: Shared
    shard: Shard | None
    cuts: Sequence[Cut]
    results: dict[str, TenantResult] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: str = ""
    hint: str = ""
    interrupted: bool = False
    applied: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.started = self.world.now()
        self.told = self.started
        for wave, tenants in self.cuts:
            for each in tenants:
                self.results[each.name] = TenantResult(each.name, wave.name)

    @property
    def world(self) -> World:
        return self.shared.world

    @property
    def fleet(self) -> Fleet:
        return fleet_of(self.shared.target)

    def go(self) -> None:
        try:
            for place, (wave, tenants) in enumerate(self.cuts):
                if self.stopped:
                    return
                first = place == 0 and (self.shard is None or self.shard.index == 0)
                last = place == len(self.cuts) - 1
                _WaveRun(self, wave, tenants, first=first).go(last=last)
        except KeyboardInterrupt:
            self.interrupted = True
            self.stop("It was interrupted.", "Run it again: it goes on with what is left.")
            self._leave()

    def _leave(self) -> None:
        """Say of those that are still at work what is known of them."""
        with self.lock:
            for name, each in self.results.items():
                if each.state is TenantState.BEGUN:
                    self.results[name] = replace(
                        each,
                        message="It was at work when the run was interrupted: what was committed "
                        "there stays.",
                        hint="The next run goes on where this one stopped.",
                    )

    def stop(self, why: str, hint: str) -> None:
        """The first reason is the one to tell."""
        if not self.stopped:
            self.stopped, self.hint = why, hint

    def tell(self) -> None:
        """One line now and then: how far it is, and how fast."""
        now = self.world.now()
        if now - self.told < _TELL_EVERY:
            return
        self.told = now
        left = (TenantState.BEGUN, TenantState.WAITING)
        done = sum(each.state not in left for each in self.results.values())
        rate = done / max((now - self.started).total_seconds(), 0.001)
        said = in_words(tuple(self.results.values()))
        self.world.console.say(f"{done:,}/{len(self.results):,}: {said}; {rate:,.0f} a second")

    def outcome(self) -> FleetOutcome:
        now = self.world.now()
        target, history = self.shared.target, self.shared.history
        migrations = [each for each in history.migrations if each.name in self.applied]
        return FleetOutcome(
            target=target.name,
            at=now,
            waves=tuple(wave.name for wave, _ in self.cuts),
            tenants=tuple(self.results.values()),
            seconds=(now - self.started).total_seconds(),
            digest=digest_of(migrations),
            shard=str(self.shard) if self.shard else "",
            stopped=self.stopped,
            hint=self.hint,
            interrupted=self.interrupted,
            migrations=tuple(each.name for each in migrations),
        )


class _WaveRun:
    """One wave: its threads, its error budget, and whether its tenants are well afterwards."""

    def __init__(self, run: _Run, wave: Wave, tenants: Sequence[Tenant], *, first: bool) -> None:
        self.run = run
        self.wave = wave
        self.tenants = tenants
        self.spare = allowed_failures(run.fleet.errors, len(tenants), first=first)
        assert run.world.fleets is not None
        self.backups = Backups(run.world.fleets)
        self.turns = Turns(tenants, per_server=run.fleet.per_server)
        self.crew = Crew(self.turns, self.migrate)

    def go(self, *, last: bool) -> None:
        self.run.world.console.say(
            f"wave {self.wave.name}: {words.count(len(self.tenants), 'tenant')}"
        )
        threads = min(self.run.fleet.parallel, len(self.tenants))
        self.crew.run(threads, self.run.tell)
        changed = [
            each
            for each in self.tenants
            if self.run.results[each.name].state is TenantState.APPLIED
        ]
        if changed and not self.run.stopped and not last:
            self._soak()
        if changed and not self.run.stopped:
            self._require_well(changed)

    def migrate(self, tenant: Tenant) -> bool:
        """Roll out to one tenant; whether it is worth another try later."""
        attempts = self.run.results[tenant.name].attempts + 1
        with self.run.lock:
            waiting = replace(self.run.results[tenant.name], attempts=attempts)
            self.run.results[tenant.name] = replace(waiting, state=TenantState.BEGUN)
        if attempts > 1:
            # Whatever was in the way needs a moment, and not all of them the same.
            self.run.world.sleep(random.uniform(0.2, 1.0) * attempts)  # noqa: S311 - jitter
        result = self._rolled_out(tenant, waiting)
        again = result.state is TenantState.FAILED and attempts < MOST_ATTEMPTS
        with self.run.lock:
            self.run.results[tenant.name] = waiting if again else result
        if not again and result.state in BAD:
            self._weigh(result)
        return again

    def _rolled_out(self, tenant: Tenant, before: TenantResult) -> TenantResult:
        order, world = self.run.shared.order(tenant, backups=self.backups)
        started = world.now()
        try:
            outcome = roll_out(order, world)
        except Interrupted:
            raise KeyboardInterrupt from None
        except BotError as error:
            plan = order.journal.plan
            return replace(
                before,
                state=_STATES[meaning_of(error)],
                seconds=_since(started, world),
                head=head_of(plan.applied) if plan else "",
                message=error.message,
                hint=error.hint,
                code=error.exit_code,
            )
        names = tuple(each.name for each in outcome.applied)
        self.run.applied.update(names)
        return replace(
            before,
            state=TenantState.APPLIED if names else TenantState.CURRENT,
            seconds=outcome.seconds,
            applied=len(names),
            head=head_of((*outcome.plan.applied, *names)),
        )

    def _weigh(self, result: TenantResult) -> None:
        """Whether this failure is one too many."""
        with self.run.lock:
            mine = [self.run.results[each.name] for each in self.tenants]
            failed = sum(each.state in BAD for each in mine)
        if result.state is TenantState.BROKEN:
            self.run.stop(
                f"{result.tenant} failed in a way that others might: {result.message}", result.hint
            )
        elif failed > self.spare:
            self.run.stop(
                f"{failed:,} of {len(mine):,} tenants of the wave {self.wave.name} failed, and "
                f"{self.spare:,} may.",
                f"Mend what is wrong with {result.tenant} and the others, and run it again: it "
                "goes on with what is left.",
            )
        if self.run.stopped:
            self.crew.stop()

    def _soak(self) -> None:
        if self.run.fleet.soak:
            with self.run.world.console.waiting(f"soaking for {self.run.fleet.soak} s"):
                self.run.world.sleep(self.run.fleet.soak)

    def _require_well(self, tenants: Sequence[Tenant]) -> None:
        query, fleets = self.run.fleet.health, self.run.world.fleets
        if query is None or fleets is None:
            return
        turns = Turns(tenants, per_server=self.run.fleet.per_server)
        crew = Crew(turns, lambda tenant: self._look_after(tenant, query))
        crew.run(min(self.run.fleet.parallel, len(tenants)), self.run.tell)

    def _look_after(self, tenant: Tenant, query: str) -> bool:
        assert self.run.world.fleets is not None
        said, hint = "the health query does not answer true", "Look at the tenant, then go on."
        try:
            if self.run.world.fleets.healthy(tenant, query):
                return False
        except PostgresError as error:
            said, hint = error.message, error.hint
        result = replace(
            self.run.results[tenant.name],
            state=TenantState.FAILED,
            message=f"Applied, and not well: {said}.",
            hint=hint,
            code=PostgresError.exit_code,
        )
        with self.run.lock:
            self.run.results[tenant.name] = result
        self._weigh(result)
        return False


def _since(started: datetime, world: World) -> float:
    return (world.now() - started).total_seconds()
