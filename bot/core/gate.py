"""A condition that must hold before a rollout. Open or closed, it always says why."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """`reason` reads after the name, open or closed; `hint` is what to do if it is closed."""

    name: str
    open: bool
    reason: str
    hint: str = ""


def closed(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if not gate.open)
