"""What putting a backup back would do to a target, told before anything is done."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.backups.backup import Manifest
from bot.core.gates.gate import Gate
from bot.core.restores.loss import Loss
from bot.core.restores.scene import Scene
from bot.core.targets.target import Kind


class How(StrEnum):
    """`SWAP`: restored beside the database, which then changes places with it. `LOAD`: into the
    database that is there, in one transaction."""

    SWAP = "swap"
    LOAD = "load"


@dataclass(frozen=True)
class RestorePlan:
    """`source` is the target that the backup is of, `target` the one it is put into. `gates` are
    told and do not stop it. `notes` are what else a reader must know before agreeing."""

    source: str
    target: str
    kind: Kind
    manifest: Manifest
    how: How
    scene: Scene
    loss: Loss
    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()
    without_backup: str = ""

    @property
    def elsewhere(self) -> bool:
        """Whether it goes to another target than it came from."""
        return self.source != self.target
