"""The proof of files that another program made: they are the ones that it left, and are whole."""

import time
from collections.abc import Callable
from pathlib import Path

from bot.adapters.postgres.backups.files import check_listed, read_all_to_end
from bot.core.backups.backup import Manifest, Proof
from bot.core.backups.level import Level
from bot.errors import BackupError


class ListedFiles:
    """See world.Prover."""

    def prove(
        self, manifest: Manifest, place: Path, level: Level, note: Callable[[str], None]
    ) -> Proof:
        """Raises BackupError, also for a level beyond reading."""
        if level is not Level.DECODE:
            raise BackupError(
                f"The backup {manifest.id} has the files of a command: they can be proved by "
                f"{Level.DECODE.words}, and not by {level.words}.",
                hint="Restore it yourself, with what made it; or prove it at level decode.",
            )
        timer = time.monotonic()
        note("reading every file")
        check_listed(manifest, place)
        read_all_to_end(manifest, place)
        seconds = round(time.monotonic() - timer, 3)
        return Proof(manifest.id, "", seconds, tables=0, rows=0, level=level)
