"""Backups by pg_dump, for whoever keeps them: predicted, taken into a directory, proved."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.postgres.backups.dump import Dumping, take_backup
from bot.adapters.postgres.backups.proof import prove
from bot.core.backups.backup import Manifest, Proof
from bot.core.backups.level import Level
from bot.core.backups.prediction import Past
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl

Say = Callable[[str], None]


@dataclass(frozen=True)
class Dumps:
    """Of one target. `touched` are the tables that a plan changes, None if no plan is known; `past`
    are earlier backups, newest first; `follow` shows progress where somebody watches."""

    target: Target
    url: ConnectionUrl
    run_id: str
    environ: Mapping[str, str]
    touched: Collection[str] | None = None
    past: Sequence[Past] = ()
    follow: Say | None = None

    def take(self, staging: Path, note: Say) -> Manifest:
        """Dump into a directory of its own in `staging`, named as the manifest's `path` says."""
        policy = self.target.backup
        return take_backup(
            self.target.name,
            self.url,
            staging,
            run_id=self.run_id,
            progress=note,
            environ=self.environ,
            wanted=Dumping(
                level=policy.level,
                touched=self.touched,
                only_touched=policy.touched_only,
                past=self.past,
                budget=policy.budget,
                follow=self.follow,
            ),
        )

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Say) -> Proof:
        """`place` is that directory, under whatever name it is now."""
        return prove(manifest, place.parent, level=level, progress=note, environ=self.environ)
