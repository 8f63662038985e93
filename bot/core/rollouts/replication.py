"""How far the standbys of a server are, and whoever else is kept its WAL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Standby:
    """`replayed` is how many bytes of WAL it has applied, `lag` the seconds it says it is behind,
    None where it does not say."""

    name: str
    replayed: int
    lag: float | None = None


@dataclass(frozen=True)
class Slot:
    """`read` is how many bytes of WAL its reader is done with; the server keeps the rest for it."""

    name: str
    read: int


@dataclass(frozen=True)
class Replication:
    """`written` is how many bytes of WAL there are. `unseen` is how many standbys the role may not
    look at."""

    written: int
    standbys: tuple[Standby, ...] = ()
    slots: tuple[Slot, ...] = ()
    unseen: int = 0
