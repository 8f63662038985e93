"""Who takes, proves or knows of a target's backups, by what its configuration says."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.backups.backup import CLUSTER_FORMAT, COMMAND_FORMAT, Manifest
from bot.core.backups.prediction import Past
from bot.core.backups.recovery_point import Moment
from bot.core.backups.sources import Archive, Command, Managed, PgBaseBackup
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import UsageError
from bot.world.backups import Prover, Provider
from bot.world.recovery import RecoveryPoints

if TYPE_CHECKING:
    from bot.adapters.recovery.command import Commands


@dataclass(frozen=True)
class Wanted:
    """A backup of a target that is to be taken. `root` is the checkout's top."""

    target: Target
    url: ConnectionUrl
    environ: Mapping[str, str]
    root: Path
    touched: Collection[str] | None = None
    past: Sequence[Past] = ()
    follow: Callable[[str], None] | None = None


def provider_of(wanted: Wanted) -> Provider:
    """Loads what connects when it is wanted."""
    source, run_id = wanted.target.backup.source, secrets.token_hex(3)
    if isinstance(source, Command):
        from bot.adapters.postgres.backups.begun import begun
        from bot.adapters.recovery.command import CommandFiles

        known = partial(begun, wanted.target.name, wanted.url, run_id)
        return CommandFiles(_commands(wanted, source), known)
    if isinstance(source, PgBaseBackup):
        from bot.adapters.postgres.backups.copies import Copies

        return Copies(wanted.target, wanted.url, run_id, wanted.environ, wanted.past, wanted.follow)
    from bot.adapters.postgres.backups.dumps import Dumps

    return Dumps(
        wanted.target,
        wanted.url,
        run_id,
        wanted.environ,
        touched=wanted.touched,
        past=wanted.past,
        follow=wanted.follow,
    )


def prover_of(target: Target, manifest: Manifest, environ: Mapping[str, str]) -> Prover:
    """By what the files are, whatever takes the target's backups now."""
    nowhere = ConnectionUrl("", 0, "")
    if manifest.format == COMMAND_FORMAT:
        from bot.adapters.postgres.backups.listed import ListedFiles

        return ListedFiles()
    if manifest.format == CLUSTER_FORMAT:
        from bot.adapters.postgres.backups.copies import Copies

        return Copies(target, nowhere, "", environ)
    from bot.adapters.postgres.backups.dumps import Dumps

    return Dumps(target, nowhere, "", environ=environ)


def recovery_points_of(wanted: Wanted) -> RecoveryPoints:
    source = wanted.target.backup.source
    if isinstance(source, Command):
        from bot.adapters.recovery.command import CommandPoints

        return CommandPoints(_commands(wanted, source))
    assert isinstance(source, Archive | Managed)
    from bot.adapters.recovery.points import Points

    return Points(source, wanted.environ, wanted.target.backup.timeout)


def _commands(wanted: Wanted, source: Command) -> "Commands":
    from bot.adapters.recovery.command import Commands

    return Commands(source, wanted.target.name, wanted.root, wanted.environ, wanted.url.secrets)


@dataclass(frozen=True)
class Marks:
    """See world.Marking. `text_of` is a file below the checkout's top, as whoever may decide has
    it; None if there is none."""

    target: Target
    url: ConnectionUrl
    text_of: Callable[[str], str | None]

    def mark(self, label: str) -> Moment:
        from bot.adapters.postgres.backups.moment import mark

        return mark(self.url, label)

    def tested_at(self) -> str | None:
        named = self.target.backup.tested_file
        if named is None:
            return None
        if not Path(named).is_absolute():
            return self.text_of(named)
        try:
            return Path(named).read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as error:
            raise UsageError(
                f"{named} cannot be read ({type(error).__name__}).",
                hint="Let the user that runs migration-bot read it.",
            ) from None
