"""What a restore finds in the place where a backup is to be put, before anything is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.backups.backup import TableContent
from bot.core.migrations.migration import AppliedMigration


@dataclass(frozen=True)
class Sessions:
    """How many of one application and user are connected."""

    application: str
    user: str
    number: int

    @property
    def words(self) -> str:
        return (
            f"{self.number} of {self.application or 'an application without a name'} as user "
            + (self.user or "unknown")
        )


@dataclass(frozen=True)
class Scene:
    """A target's server and database as they are now, by the server's own clock.

    `there` says whether the database exists. `tables` and `applied` are None where it does not, or
    where they cannot be read; `problem` then says why. `may_not_swap` says why the role may not
    make a database beside it and rename both, "" if it may; `cannot_load` what in it the role
    cannot drop. `prepared` are transactions of nobody, and `slots` logical replication slots, which
    stay with the database that they were made in; so do `subscriptions`, which are enabled and go
    on there. `leftovers` are databases that killed restores
    left behind, `kept` those that were swapped out. `cannot_end` are users whose sessions the role
    may not end.
    """

    database: str
    there: bool
    version: str
    now: datetime
    system_identifier: str = ""
    size: int = 0
    role: str = ""
    may_not_swap: str = ""
    cannot_load: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    sessions: tuple[Sessions, ...] = ()
    cannot_end: tuple[str, ...] = ()
    prepared: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    tables: tuple[TableContent, ...] | None = None
    applied: tuple[AppliedMigration, ...] | None = None
    problem: str = ""
    leftovers: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def connected(self) -> int:
        return sum(each.number for each in self.sessions)

    def lacks(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Of these roles, those that the server does not have."""
        return tuple(sorted(set(roles) - self.roles))
