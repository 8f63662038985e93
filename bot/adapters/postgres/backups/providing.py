"""pg_dump as the keeper of backups asks for it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.postgres.backups.dump import Dumping, take_backup
from bot.adapters.postgres.backups.proof import prove
from bot.core.backups.backup import Manifest, Proof
from bot.core.backups.level import Level
from bot.core.targets.url import ConnectionUrl

Note = Callable[[str], None]


@dataclass(frozen=True)
class PgDumpProvider:
    """Dumps the database that a URL leads to. `url` is asked for when one is dumped: a proof has
    no need of it."""

    target: str
    url: Callable[[], ConnectionUrl]
    environ: Mapping[str, str]
    wanted: Dumping = field(default_factory=Dumping)

    def take(self, staging: Path, note: Note) -> Manifest:
        return take_backup(
            self.target,
            self.url(),
            staging,
            run_id=secrets.token_hex(3),
            progress=note,
            environ=self.environ,
            wanted=self.wanted,
        )

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Note) -> Proof:
        return prove(manifest, place.parent, level=level, progress=note, environ=self.environ)
