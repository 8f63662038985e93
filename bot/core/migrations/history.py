"""All migrations of a checkout in Prisma's order, and what else lies in their folder."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property

from bot.core.migrations.migration import LOCK_FILE, SCRIPT, Migration, sort_key
from bot.core.migrations.project import Project
from bot.errors import UsageError


@dataclass(frozen=True)
class History:
    """The migrations folder as Prisma loads it.

    `folder` is its path with forward slashes, relative to the checkout where there is one.
    `migrations` are in Prisma's order. `incomplete` are folders without a `migration.sql`;
    `strays` are other things in the folder, and files in migration folders that nobody reads,
    as paths; a folder's ends with a slash. `unreadable` maps a path to the reason, often the
    operating system's. `provider` is the lock file's, "" if the file names none, None if there is
    no lock file or it cannot be read. `prisma_8` says that the folder is in the format of Prisma 8,
    which has no `migration.sql`. `project` is what lies beside the folder, if that was looked at.
    """

    folder: str
    migrations: tuple[Migration, ...] = ()
    incomplete: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    unreadable: Mapping[str, str] | None = None
    provider: str | None = None
    prisma_8: bool = False
    project: Project | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every migration folder's name in Prisma's order, complete or not."""
        names = {migration.name for migration in self.migrations} | set(self.incomplete)
        return tuple(sorted(names, key=sort_key))

    @property
    def newest(self) -> Migration | None:
        return self.migrations[-1] if self.migrations else None

    def find(self, name: str) -> Migration | None:
        return self._by_name.get(name)

    def path_of(self, name: str, file: str = SCRIPT) -> str:
        """The path of a file of a migration; of its folder if `file` is ""."""
        return "/".join(part for part in (self.folder, name, file) if part)

    @property
    def lock_path(self) -> str:
        return self.path_of("", LOCK_FILE)

    @cached_property
    def _by_name(self) -> Mapping[str, Migration]:
        return {migration.name: migration for migration in self.migrations}


@dataclass(frozen=True)
class Change:
    """What a branch does to the history, against the tip of its base.

    `base` is None when everything is judged and nothing is compared (`check --all`, or a folder
    outside a git checkout). `base_name` is the base as a person would name it: "main"; `base_ref`
    is what git calls it here: "origin/main". `behind` are the names in which head and base differ
    only because the base has moved on since the branch was made.
    `now` is the time of the check, in UTC. `baseline` is the last migration of a history that was
    there before the bot: it and all before it are replayed and never judged.
    """

    head: History
    now: datetime
    base: History | None = None
    base_name: str | None = None
    base_ref: str | None = None
    behind: frozenset[str] = frozenset()
    baseline: str | None = None

    def after(self, baseline: str) -> "Change":
        """The same change with a baseline. Raises UsageError if there is no such migration."""
        known = self.head.names + (self.base.names if self.base else ())
        if baseline in known:
            return replace(self, baseline=baseline)
        near = get_close_matches(baseline, known, n=1)
        raise UsageError(
            f"The configuration's baseline {baseline} is no migration of {self.head.folder}.",
            hint=f"Did you mean {near[0]}?" if near else "Give the name of a folder that is there.",
        )

    @cached_property
    def accepted(self) -> tuple[str, ...]:
        """The folders that the baseline takes out of judgement, in Prisma's order.

        Where the base has the baseline already, what it lacks is new however old its name says it
        is.
        """
        if self.baseline is None or (self.base and self.baseline in self.base.names):
            return ()
        last = sort_key(self.baseline)
        return tuple(name for name in self.head.names if sort_key(name) <= last)

    @property
    def added(self) -> tuple[Migration, ...]:
        """The migrations the branch brings; all of them when there is no base."""
        return tuple(each for each in self.head.migrations if each.name not in self._known)

    @property
    def added_names(self) -> tuple[str, ...]:
        """The folders the branch brings in Prisma's order, with or without a script."""
        old = self._known | set(self.base.incomplete if self.base else ()) & set(
            self.head.incomplete
        )
        return tuple(name for name in self.head.names if name not in old)

    @cached_property
    def _known(self) -> frozenset[str]:
        """What has a script on the base. A folder that gets its script here is new."""
        merged = self.base.migrations if self.base else ()
        return self.behind | {each.name for each in merged} | set(self.accepted)
