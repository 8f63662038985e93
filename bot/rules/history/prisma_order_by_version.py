"""Versions of Prisma apply these migrations in different orders.

Up to 6.5 folders are sorted by byte, from 6.6 on as a dictionary would: digits before letters
whatever their case, `_` before digits. Where the two differ, an upgrade of Prisma, or a colleague
with another version, changes the order on a fresh database.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.rules.history.layouts import FIRST, SECOND, files

SEVERITY = Severity.NOTICE

FIX = "Name every folder with fourteen digits, an underscore and lower-case words."

BAD = Layout(base=files("20260102000000_B"), head=files("20260102000000_a", "20260102000000_B"))
GOOD = Layout(base=files(FIRST), head=files(FIRST, SECOND))
QUIET = [
    Layout(base=files(), head=files(FIRST, SECOND)),
    Layout(base=files("a", "B"), head=files("a", "B")),
    Layout(base=files("a", "B"), head=files("a", "B", "c")),
]


def check_change(change: Change) -> Hits:
    names = change.head.names
    by_byte = sorted(names, key=lambda name: name.encode("utf-8", "surrogatepass"))
    if list(names) == by_byte:
        return
    places = _Places(
        {name: index for index, name in enumerate(names)},
        {name: index for index, name in enumerate(by_byte)},
    )
    told: set[str] = set()
    for name in change.added_names:
        other = next((each for each in names if places.crossed(name, each)), None)
        if other is None or {name, other} & told:
            continue
        told |= {name, other}
        first, second = sorted((name, other), key=places.now.__getitem__)
        yield Hit(
            f"{first} comes before {second} from Prisma 6.6 on, and after it up to 6.5.",
            path=change.head.path_of(name),
        )


@dataclass(frozen=True)
class _Places:
    """Where each name comes in the order of Prisma 6.6 and in the order by byte."""

    now: Mapping[str, int]
    before: Mapping[str, int]

    def crossed(self, one: str, other: str) -> bool:
        return (self.now[one] < self.now[other]) != (self.before[one] < self.before[other])
