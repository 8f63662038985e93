"""How a rule's findings depend on the size of the table they are about."""

from enum import Enum


class Sized(Enum):
    """What a rule says of itself as SIZED; without it, sizes are none of its business.

    WORK: others wait while a table is rewritten, read or indexed as a whole. WAIT: others wait for
    a lock, or for rows that are being changed. FILE: as WAIT, for all statements of the file at
    once. SHOWN: the size is worth knowing, and changes nothing: the harm is another than waiting.
    """

    WORK = "work"
    WAIT = "wait"
    FILE = "file"
    SHOWN = "shown"


def sized(rule: object) -> Sized | None:
    found = getattr(rule, "SIZED", None)
    return found if isinstance(found, Sized) else None
