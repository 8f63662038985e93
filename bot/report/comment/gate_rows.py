"""The gates of a target as a table: open or closed, why, who has to agree and who has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.gates.gate import Gate
from bot.report.words import count

_MOST_GATES = 20
_MOST_NAMES = 5


@dataclass(frozen=True)
class GateRow:
    """`state` is a word of ours, everything else is prose. `hint` is "" if the gate is open."""

    sign: str
    state: str
    name: str
    reason: str
    hint: str
    overridden: str
    needed: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True)
class GateTable:
    """`people` says whether anybody has to agree at all; `missing` counts what is not shown."""

    rows: tuple[GateRow, ...]
    people: bool
    missing: int

    @property
    def plain(self) -> bool:
        """Whether each is open and nobody had to agree, so that a line each says it."""
        return not self.people and all(each.state == "open" for each in self.rows)


def gate_table(gates: Sequence[Gate], said: str = "") -> GateTable:
    """Those that are closed first. What the next step has `said` already is not said again."""
    ordered = sorted(gates, key=lambda each: each.open)[:_MOST_GATES]
    return GateTable(
        rows=tuple(_row(each, said) for each in ordered),
        people=any(each.waits_for or each.given_by for each in ordered),
        missing=len(gates) - len(ordered),
    )


def _row(gate: Gate, said: str) -> GateRow:
    sign, state = ("🔓", "overridden") if gate.overridden else _OPEN if gate.open else _CLOSED
    return GateRow(
        sign=sign,
        state=state,
        name=gate.name,
        reason=gate.reason,
        hint="" if gate.open or gate.hint == said else gate.hint,
        overridden=gate.overridden,
        needed=tuple(_some(gate.waits_for)),
        given=tuple(_some(f"`{login}`" for login in gate.given_by)),
    )


def _some(names: Iterable[str]) -> Iterator[str]:
    """A few names, and how many more there are."""
    given = list(names)
    yield from given[:_MOST_NAMES]
    if len(given) > _MOST_NAMES:
        yield f"and {count(len(given) - _MOST_NAMES, 'more', 'more')}"


_OPEN = ("✅", "open")
_CLOSED = ("🔒", "closed")
