"""What a rollout knows of drift: what its history makes, and what was found before it began."""

from dataclasses import dataclass

from bot.core.drift.policy import DriftMode
from bot.core.drift.settling import ABOUT
from bot.core.schemas.schema import Snapshot

MOST_LINES = 20


@dataclass(frozen=True)
class Expected:
    """What a history makes on a throw-away server: `before` of what a target has applied, `after`
    of what is pending, too. `major` is that server's. Of the extensions in `imitated` it had only
    some SQL. `problem` is why nothing is known."""

    before: Snapshot
    after: Snapshot
    major: int = 0
    problem: str = ""
    imitated: tuple[str, ...] = ()

    def schemas(self, own: str) -> tuple[str, ...]:
        """Those that it puts something in, and `own`, which the target's URL names."""
        found = {own}
        for snapshot in (self.before, self.after):
            made = {identity for kind, identity in snapshot if kind == "schema"}
            found |= {name for name in made if name != "public" or _used(snapshot, name)}
        return tuple(sorted(found))


def unknown(problem: str) -> Expected:
    return Expected({}, {}, problem=problem)


@dataclass(frozen=True)
class Drift:
    """What was found. `lines` are the first of the differences in words, `more` counts the rest;
    `unknown` is why it could not be looked at. Seconds are what looking took."""

    mode: DriftMode
    lines: tuple[str, ...] = ()
    more: int = 0
    unknown: str = ""
    seconds: float = 0.0

    @property
    def found(self) -> bool:
        return bool(self.lines)


def _used(snapshot: Snapshot, schema: str) -> bool:
    return any(
        identity.startswith(f"{schema}.") and kind not in (*ABOUT, "statistics")
        for kind, identity in snapshot
    )
