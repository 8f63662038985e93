"""What became of a fleet's tenants: one by one, wave by wave, and in all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Target
from bot.errors import ExitCode

_SLOWEST = 10


class TenantState(StrEnum):
    """`APPLIED`: something was. `CURRENT`: nothing was pending. `PARKED`: its data, or its history,
    refused, and it was left as it was. `FAILED`: it could not be reached, or its locks were not to
    be had. `BROKEN`: what stopped the wave. `BEGUN`: at work when the run was interrupted.
    `WAITING`: never begun.
    """

    APPLIED = "applied"
    CURRENT = "current"
    PARKED = "parked"
    FAILED = "failed"
    BROKEN = "broken"
    BEGUN = "begun"
    WAITING = "not started"


DONE = frozenset({TenantState.APPLIED, TenantState.CURRENT})
BAD = frozenset({TenantState.PARKED, TenantState.FAILED, TenantState.BROKEN})


@dataclass(frozen=True)
class TenantResult:
    """One tenant after a run. `head` is the newest migration it has, "" if none or not known.

    `attempts` counts how often it was begun, 0 if never. `code` is the exit code that its error
    would have ended a rollout with.
    """

    tenant: str
    wave: str
    state: TenantState = TenantState.WAITING
    seconds: float = 0.0
    applied: int = 0
    head: str = ""
    attempts: int = 0
    message: str = ""
    hint: str = ""
    code: ExitCode = ExitCode.FINE


@dataclass(frozen=True)
class FleetOutcome:
    """A run over a fleet, or a shard of it. `waves` are the names of its waves, in order.

    `stopped` says why no more tenants were begun, "" if all were, and `hint` what to do.
    `interrupted` says that somebody ended the run. `migrations` are those that any tenant got.
    """

    target: str
    at: datetime
    waves: tuple[str, ...]
    tenants: tuple[TenantResult, ...]
    seconds: float = 0.0
    digest: str = ""
    shard: str = ""
    stopped: str = ""
    hint: str = ""
    interrupted: bool = False
    migrations: tuple[str, ...] = ()

    def of(self, *states: TenantState) -> tuple[TenantResult, ...]:
        return tuple(each for each in self.tenants if each.state in states)

    @property
    def complete(self) -> bool:
        """Whether every tenant of this run has everything."""
        return not self.interrupted and all(each.state in DONE for each in self.tenants)

    @property
    def slowest(self) -> tuple[TenantResult, ...]:
        begun = [each for each in self.tenants if each.state is TenantState.APPLIED]
        return tuple(sorted(begun, key=lambda each: -each.seconds)[:_SLOWEST])

    @property
    def heads(self) -> tuple[tuple[str, int], ...]:
        """How many tenants are at which migration, the most common first; "" is not known."""
        counted = Counter(each.head for each in self.tenants)
        return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))

    @property
    def words(self) -> str:
        """`967 done, 3 parked, 30 not started`."""
        return in_words(self.tenants)

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline does next depends on it: a parked tenant wants a person, and a server
        that was not there another try."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        codes = [each.code for each in self.of(TenantState.BROKEN)]
        codes += [each.code for each in self.of(TenantState.FAILED)]
        if codes:
            return codes[0]
        if self.of(TenantState.PARKED):
            return ExitCode.PARKED
        return ExitCode.FINE if self.complete else ExitCode.POSTGRES

    def progress(self, target: Target) -> Progress:
        """The same as the report shows it."""
        return Progress(
            target=target.name,
            kind=target.kind,
            state=State.APPLIED if self.complete else State.FAILED,
            at=self.at,
            seconds=self.seconds,
            digest=self.digest,
            migrations=self.migrations,
            message=f"{self.words}." + (f" {self.stopped}" if self.stopped else ""),
            hint=self.hint,
        )


def in_words(results: Sequence[TenantResult]) -> str:
    counted = Counter(each.state for each in results)
    said = [(sum(counted[each] for each in DONE), "done")]
    said += [(counted[each], each.value) for each in TenantState if each not in DONE]
    return ", ".join(f"{number:,} {word}" for number, word in said if number or word == "done")
