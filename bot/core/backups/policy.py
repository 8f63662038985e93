"""What a target asks of backups."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.backups.level import Level
from bot.core.backups.sources import Archive, Command, Managed, PgDump, Source, Tables

KEEP = timedelta(days=14)


@dataclass(frozen=True)
class BackupPolicy:
    """Whether a backup is taken and proved before a rollout, and how it is kept.

    `directory` is a path on the machine that runs the bot; relative paths start at the checkout.
    `store` is where backups end up, None for that very directory. `encrypt_to` are public keys, or
    paths of files with some; `plain_because` says why none is needed in a store that is not this
    machine's. What is older than `keep` may be pruned.
    `source` is where backups come from, `level` how far they must be proved. `budget` is how many
    seconds taking and proving one may take by prediction; 0 is no limit.

    The rest is about recovery points. `make` says whether one is made where the provider can, or
    only a recent one is looked for: of less than `max_age`. `tested_within` is how old the last
    restore from it may be that `tested_file` tells of. `timeout` is how many seconds a provider
    may take to make one.
    """

    required: bool = False
    directory: str = ".migration-bot/backups"
    store: str | None = None
    encrypt_to: tuple[str, ...] = ()
    plain_because: str = ""
    keep: timedelta = KEEP
    source: Source = field(default_factory=PgDump)
    level: Level = Level.RESTORE
    budget: float = 600.0
    make: bool = True
    max_age: timedelta = timedelta(hours=24)
    tested_within: timedelta = timedelta(days=30)
    tested_file: str | None = None
    timeout: float = 3600.0

    @property
    def in_place(self) -> bool:
        """Whether backups stay where they are dumped, as they are."""
        return self.store is None and not self.encrypt_to

    @property
    def touched_only(self) -> bool:
        return isinstance(self.source, PgDump) and self.source.tables is Tables.TOUCHED

    @property
    def elsewhere(self) -> bool:
        """Whether recovery points are kept elsewhere, and no files are taken."""
        if isinstance(self.source, Command):
            return self.source.tells
        return isinstance(self.source, Archive | Managed)
