"""All migrations of a checkout in Prisma's order, and what else lies in their folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.migration import Migration, sort_key


@dataclass(frozen=True)
class History:
    """The migrations folder as Prisma loads it.

    `folder` is its path with forward slashes, relative to the checkout where there is one.
    `migrations` are in Prisma's order. `incomplete` are folders without a `migration.sql`;
    `strays` are other things in the folder, and files in migration folders that nobody reads,
    as paths. `unreadable` maps a path to the operating system's reason. `provider` is the lock
    file's, "" if the file names none, None if there is no lock file. `prisma_8` says that the
    folder is in the format of Prisma 8, which has no `migration.sql`.
    """

    folder: str
    migrations: tuple[Migration, ...] = ()
    incomplete: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    unreadable: Mapping[str, str] | None = None
    provider: str | None = None
    prisma_8: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every migration folder's name in Prisma's order, complete or not."""
        names = {migration.name for migration in self.migrations} | set(self.incomplete)
        return tuple(sorted(names, key=sort_key))

    @property
    def newest(self) -> Migration | None:
        return self.migrations[-1] if self.migrations else None

    def find(self, name: str) -> Migration | None:
        return next((each for each in self.migrations if each.name == name), None)


@dataclass(frozen=True)
class Change:
    """What a branch does to the history, against the tip of its base.

    `base` is None when everything is judged and nothing is compared (`check --all`, or a folder
    outside a git checkout). `base_name` is the base as a person would name it: "main".
    `now` is the time of the check, in UTC.
    """

    head: History
    now: datetime
    base: History | None = None
    base_name: str | None = None

    @property
    def added(self) -> tuple[Migration, ...]:
        """The migrations the base does not have; all of them when there is no base."""
        known = set(self.base.names) if self.base else set()
        return tuple(each for each in self.head.migrations if each.name not in known)
