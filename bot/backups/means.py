"""What the backups of a target are made and kept with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.core.backups.backup import Manifest
from bot.world.backups import Opening, Prover, Provider, Sealing, Store, Workroom


@dataclass(frozen=True)
class Means:
    """`provider`, `prover` and `sealing` are made when they are wanted: who lists needs none.

    A `prover` is for the kind of backup that a manifest describes. `sealing` is None where nothing
    is encrypted. `adopt` takes over what was dumped beside the store, as it is; None where it has
    to be carried there.
    """

    target: str
    store: Store
    workroom: Workroom
    provider: Callable[[], Provider]
    prover: Callable[[Manifest], Prover]
    opening: Opening
    now: Callable[[], datetime]
    sealing: Callable[[], Sealing] | None = None
    adopt: Callable[[Path], None] | None = None

    @property
    def stamp(self) -> str:
        return f"{self.now():%Y%m%dT%H%M%S.%fZ}"
