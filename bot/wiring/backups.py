"""Backups of targets: which store, which keys and which provider the keeper has."""

import secrets
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backups.means import Means
from bot.backups.opening import opened, require_openable
from bot.backups.pruning import prune
from bot.backups.recovering import Surroundings, find_recovery
from bot.backups.shelf import find, listed, newest, newest_proved, strays
from bot.backups.taking import take
from bot.backups.verifying import verify
from bot.core.backups.backup import Manifest, Proof, ProvedBackup, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.location import location_of
from bot.core.backups.prediction import Past, past_of
from bot.core.backups.retention import NOTHING, Needed, Pruned
from bot.core.backups.stored import Stray
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError
from bot.wiring.providers import Marks, Wanted, prover_of, provider_of, recovery_points_of
from bot.world.backups import Note, Prover, Provider, Sealing, Store

if TYPE_CHECKING:
    from bot.adapters.storage.directory import DirectoryStore


@dataclass(frozen=True)
class Backups:
    """See world.Backups. Loads what takes backups when one is taken: a check needs no connection.

    `root` is where relative paths start, `target_of` finds one by its name, `url_of` leads to its
    database, and `text_of` is a file below the checkout's top, as whoever may decide has it.
    `follow` shows how far a backup is, where somebody watches.
    """

    environ: Mapping[str, str]
    root: Path
    target_of: Callable[[str], Target]
    url_of: Callable[[Target], ConnectionUrl]
    text_of: Callable[[str], str | None]
    follow: Callable[[str], None] | None = None

    def take(
        self, target: Target, note: Note, *, touched: Collection[str] | None = None
    ) -> BackupSummary:
        if target.backup.elsewhere:
            return find_recovery(self._around(target), note)
        means = self._means(target, touched=touched)
        return take(means, note, level=target.backup.level)

    def newest(self, target: Target) -> StoredBackup:
        return newest(self._means(target))

    def proved(self, target: Target) -> ProvedBackup | None:
        return newest_proved(self._means(target, hurried=True))

    def listed(self, target: Target) -> tuple[StoredBackup, ...]:
        return listed(self._means(target))

    def strays(self, target: Target) -> tuple[Stray, ...]:
        return strays(self._means(target))

    def find(self, target: Target, id: str) -> StoredBackup:
        return find(self._means(target), id)

    def require_openable(self, stored: StoredBackup) -> None:
        require_openable(stored, self._means_of(stored))

    def opened(self, stored: StoredBackup, note: Note) -> AbstractContextManager[Path]:
        return opened(stored, self._means_of(stored), note)

    def verify(self, stored: StoredBackup, level: Level, note: Note) -> Proof:
        return verify(stored, level, self._means_of(stored), note)

    def prune(
        self, target: Target, now: datetime, *, dry: bool, needed: Needed = NOTHING
    ) -> Pruned:
        keep = target.backup.keep
        return prune(self._means(target), now, keep=keep, dry=dry, needed=needed)

    def _means_of(self, stored: StoredBackup) -> Means:
        return self._means(self.target_of(stored.manifest.target))

    def _means(
        self,
        target: Target,
        *,
        touched: Collection[str] | None = None,
        hurried: bool = False,
    ) -> Means:
        """`hurried` for what is good to know, and not worth a long wait."""
        from bot.adapters.age.opening import Opener
        from bot.adapters.storage.workroom import Workroom

        policy = target.backup
        store = self._store(target, hurried=hurried)
        return Means(
            target=target.name,
            store=store,
            workroom=Workroom(self.root / policy.directory),
            provider=partial(self._provider, target, touched),
            prover=partial(self._prover, target),
            opening=Opener(self.environ),
            now=lambda: datetime.now(UTC),
            sealing=partial(self._sealing, policy.encrypt_to) if policy.encrypt_to else None,
            adopt=self._directory(target).adopt if policy.in_place else None,
        )

    def _store(self, target: Target, *, hurried: bool) -> Store:
        location = location_of(target.backup.store or target.backup.directory)
        if not location.remote:
            return self._directory(target)
        from bot.adapters.storage.objects import HURRY, BucketStore, Patience

        return BucketStore(location, patience=HURRY if hurried else Patience())

    def _directory(self, target: Target) -> "DirectoryStore":
        from bot.adapters.storage.directory import DirectoryStore

        path = target.backup.store or target.backup.directory
        return DirectoryStore(self.root / path, path)

    def _sealing(self, named: tuple[str, ...]) -> Sealing:
        from bot.adapters.age.sealing import Sealer

        return Sealer(named, self.text_of)

    def _provider(self, target: Target, touched: Collection[str] | None) -> Provider:
        past = self._past(target)
        return provider_of(replace(self._wanted(target), touched=touched, past=past))

    def _prover(self, target: Target, manifest: Manifest) -> Prover:
        return prover_of(target, manifest, self.environ)

    def _wanted(self, target: Target) -> Wanted:
        url = self.url_of(target)
        return Wanted(target, url, self.environ, self.root, follow=self.follow)

    def _past(self, target: Target) -> tuple[Past, ...]:
        """Of whole backups: what one of some tables took foretells nothing."""
        try:
            found = listed(self._means(target))
        except BackupError:
            # It is a prediction that is lost, and no backup.
            return ()
        level = target.backup.level
        whole = [each for each in found if each.manifest.touched is None]
        return tuple(past_of(each.manifest, each.proof, level) for each in whole)

    def _around(self, target: Target) -> Surroundings:
        wanted = self._wanted(target)
        return Surroundings(
            target=target.name,
            policy=target.backup,
            points=recovery_points_of(wanted),
            marking=Marks(target, wanted.url, self.text_of),
            label=f"migration-bot-{secrets.token_hex(4)}",
            now=lambda: datetime.now(UTC),
            sleep=time.sleep,
            write=self._means(target).store.write,
        )
