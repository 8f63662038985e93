"""What a target is expected to run, foretold from what GitHub remembers of it and the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.core.github.deployment import Deployment
from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import digest_of
from bot.core.rollouts.progress import State

# GitHub is asked once for each.
_LATEST = 10
# A plan is nearly always the end of the history; one that is not, lacks only what came since.
_NEWER = 40


@dataclass(frozen=True)
class Forecast:
    """`pending` is None if nothing can be foretold; `why` then says what is in the way."""

    target: str
    pending: tuple[Migration, ...] | None = None
    why: str = ""

    @property
    def digest(self) -> str | None:
        return None if self.pending is None else digest_of(self.pending)


def forecast_from(
    target: str, deployments: Iterable[Deployment], history: Sequence[Migration]
) -> Forecast:
    """Everything after the last migration that a rollout to the target is known to have applied.

    Nothing is foretold of a target that no rollout is known of, nor while one is at work or was cut
    off: what it has come to, only the target knows.
    """
    known = list(islice((each for each in deployments if each.texts), _LATEST))
    if known and known[0].state is State.APPLYING:
        return Forecast(target, why=f"a rollout to {target} is at work, or was cut off")
    places = {(each.name, each.checksum): place for place, each in enumerate(history)}
    newest: dict[tuple[str, str], State] = {}
    for each in known:
        if each.state in (State.APPLIED, State.ROLLED_BACK):
            for text in each.texts.items():
                newest.setdefault(text, each.state)
    applied = [
        places[text] for text, state in newest.items() if state is State.APPLIED and text in places
    ]
    if not applied:
        return Forecast(target, why=f"GitHub remembers no rollout of this history to {target}")
    return Forecast(target, tuple(history[max(applied) + 1 :]))


def with_digest(digest: str, history: Sequence[Migration]) -> tuple[Migration, ...] | None:
    """The stretch of a history that has this plan digest: its end, or one of not long ago."""
    for end in range(len(history), max(len(history) - _NEWER, 0), -1):
        earliest = 0 if end == len(history) else max(end - _NEWER, 0)
        for start in range(end, earliest - 1, -1):
            if digest_of(history[start:end]) == digest:
                return tuple(history[start:end])
    return None
