"""A checkout that is a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.findings.fixed import FixedMigration
from bot.core.initial import Ground
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.errors import UsageError


@dataclass
class FakeCheckout:
    """`commits` brought migrations, by name; `texts` are commits by the checksums they have, and
    `scripts` what those texts are."""

    head_history: History
    base_history: History | None = None
    commits: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    written: list[FixedMigration] = field(default_factory=list)
    downs: dict[str, str] = field(default_factory=dict)
    proposed: dict[int, str] = field(default_factory=dict)
    proposals: dict[str, History] = field(default_factory=dict)

    grounds: Ground | None = None
    files: dict[str, str] = field(default_factory=dict)
    locked: int = 0

    def ground(self) -> Ground:
        return self.grounds or Ground("/shop", "main", ("prisma/migrations",))

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def fetched(self, pull: int) -> str | None:
        """`proposed` are the heads of pull requests, `proposals` what each has."""
        return self.proposed.get(pull)

    def change_at(self, commit: str, base_name: str, now: datetime) -> Change:
        return Change(self.proposals[commit], now, self.head_history, base_name)

    def put(self, migrations: Sequence[FixedMigration]) -> None:
        self.written += migrations

    def put_down(self, migration: Migration, text: str, *, overwrite: bool = False) -> None:
        if migration.down is not None and not overwrite:
            raise UsageError("There is a down.sql already.", hint="Say `--force`.")
        self.downs[migration.name] = text

    def put_new(self, migration: Migration, *, lock: bool = False) -> None:
        """It is part of the history from now on; `locked` counts the lock files written."""
        self.head_history = replace(
            self.head_history, migrations=(*self.head_history.migrations, migration)
        )
        self.locked += lock

    def history(self, *, optional: bool = False) -> History:
        return self.head_history

    def change(self, base: str | None, now: datetime) -> Change:
        return Change(self.head_history, now, self.base_history, base or "main")

    def everything(self, now: datetime) -> Change:
        return Change(self.head_history, now)

    def staged(self, base: str | None, now: datetime) -> Change:
        return self.change(base, now)

    def added_by(self, name: str) -> str | None:
        return self.commits.get(name)

    def head(self) -> str:
        return "h" * 40

    def commit_with(self, name: str, checksum: str) -> str | None:
        return self.texts.get(checksum)

    def text_with(self, name: str, checksum: str) -> str | None:
        return self.scripts.get(checksum)
