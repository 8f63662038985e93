"""What became of whom in one run over a fleet, and whether it goes on."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.rollouts.plan import digest_of
from bot.core.targets.fleet import Fleet, Shard, Tenant
from bot.core.targets.fleet_outcome import BAD, FleetOutcome, TenantResult, TenantState, in_words
from bot.fleet.waves import Cut
from bot.flows.fleets.tenant import Shared
from bot.flows.fleets.tenants import fleet_of
from bot.world import World

_TELL_EVERY = timedelta(seconds=5)
_LEFT = (TenantState.BEGUN, TenantState.WAITING)


@dataclass
class Run:
    """The results of all tenants of `cuts`, by name; the threads of a wave write them."""

    shared: Shared
    shard: Shard | None
    cuts: Sequence[Cut]
    stopped: str = ""
    hint: str = ""
    interrupted: bool = False
    _results: dict[str, TenantResult] = field(default_factory=dict)
    _applied: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._started = self._told = self.world.now()
        for wave, tenants in self.cuts:
            for each in tenants:
                self._results[each.name] = TenantResult(each.name, wave.name)

    @property
    def world(self) -> World:
        return self.shared.world

    @property
    def fleet(self) -> Fleet:
        return fleet_of(self.shared.target)

    def result(self, tenant: Tenant) -> TenantResult:
        return self._results[tenant.name]

    def begin(self, tenant: Tenant) -> TenantResult:
        """What is known of it before this attempt, which is counted."""
        with self._lock:
            known = self._results[tenant.name]
            before = replace(known, attempts=known.attempts + 1)
            self._results[tenant.name] = replace(before, state=TenantState.BEGUN)
        return before

    def put(self, result: TenantResult, applied: Iterable[str] = ()) -> None:
        """`applied` are the migrations that it got."""
        with self._lock:
            self._results[result.tenant] = result
            self._applied.update(applied)

    def failed(self, tenants: Sequence[Tenant]) -> int:
        """How many of these failed."""
        with self._lock:
            return sum(self._results[each.name].state in BAD for each in tenants)

    def stop(self, why: str, hint: str) -> None:
        """The first reason is the one to tell."""
        if not self.stopped:
            self.stopped, self.hint = why, hint

    def interrupt(self) -> None:
        """Somebody ended it: say of those that are still at work what is known of them."""
        self.interrupted = True
        self.stop("It was interrupted.", "Run it again: it goes on with what is left.")
        message = "It was at work when the run was interrupted: what was committed there stays."
        hint = "The next run goes on where this one stopped."
        with self._lock:
            for name, each in self._results.items():
                if each.state is TenantState.BEGUN:
                    self._results[name] = replace(each, message=message, hint=hint)

    def tell(self) -> None:
        """One line now and then: how far it is, and how fast."""
        now = self.world.now()
        if now - self._told < _TELL_EVERY:
            return
        self._told = now
        results = tuple(self._results.values())
        done = sum(each.state not in _LEFT for each in results)
        rate = done / max((now - self._started).total_seconds(), 0.001)
        said = in_words(results)
        self.world.console.say(f"{done:,}/{len(results):,}: {said}; {rate:,.0f} a second")

    def outcome(self) -> FleetOutcome:
        now = self.world.now()
        history = self.shared.history
        migrations = [each for each in history.migrations if each.name in self._applied]
        return FleetOutcome(
            target=self.shared.target.name,
            at=now,
            waves=tuple(wave.name for wave, _ in self.cuts),
            tenants=tuple(self._results.values()),
            seconds=(now - self._started).total_seconds(),
            digest=digest_of(migrations),
            shard=str(self.shard) if self.shard else "",
            stopped=self.stopped,
            hint=self.hint,
            interrupted=self.interrupted,
            migrations=tuple(each.name for each in migrations),
        )
