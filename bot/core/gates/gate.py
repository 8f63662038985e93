"""A condition that must hold before a rollout. Open or closed, it always says why."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """`reason` reads after the name, open or closed; `hint` is what to do if it is closed.

    `waits_for` says who or what could open it, each as a reader would name it ("@acme/dba",
    "a code owner of prisma/migrations"); `given_by` are the logins that have done their part.
    `overridden` says who opened it in spite of its reason, when and why; "" if nobody did.
    """

    name: str
    open: bool
    reason: str
    hint: str = ""
    waits_for: tuple[str, ...] = ()
    given_by: tuple[str, ...] = ()
    overridden: str = ""


def closed(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if not gate.open)
