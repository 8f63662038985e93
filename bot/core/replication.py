"""How far the standbys of a server are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Standby:
    """`replayed` is how many bytes of WAL it has applied, `lag` the seconds it says it is behind,
    None where it does not say."""

    name: str
    replayed: int
    lag: float | None = None


@dataclass(frozen=True)
class Replication:
    """`written` is how many bytes of WAL there are. `unseen` is how many standbys the role may not
    look at."""

    written: int
    standbys: tuple[Standby, ...] = ()
    unseen: int = 0
