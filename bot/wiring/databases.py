"""Targets, and the servers that backups, rehearsals and comparisons want: loaded when asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bot.core.drift.drift import Expected
from bot.core.drift.look import Compared, DriftOrder
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.holder import who_is
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.rollback_steps import Tried
from bot.core.rollouts.trial import Comparison, Trial
from bot.core.schemas.draft import Drafter
from bot.core.targets.creation import NO_DATABASE, not_there
from bot.core.targets.fleet import Tenant
from bot.core.targets.target import Target
from bot.core.targets.tenants import tenants_in
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError, UsageError
from bot.wiring.backups import Backups
from bot.wiring.secrets import keep_secret
from bot.world import Database

if TYPE_CHECKING:
    from bot.adapters.postgres.target.around import Servers


@contextmanager
def open_database(target: Target, environ: Mapping[str, str]) -> Iterator[Database]:
    """Raises PostgresError; of a database that is not there it says what to do about it."""
    # Imported late: a check does not connect to anything.
    from bot.adapters.postgres.target.opening import open_target

    url = url_of(target, environ)
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_target(target, url, who=who_of(environ)))
        except PostgresError as error:
            raise (not_there(target, url) if error.sqlstate == NO_DATABASE else error) from None
        yield database


def who_of(environ: Mapping[str, str]) -> str:
    from getpass import getuser
    from socket import gethostname

    try:
        user = getuser()
    except (OSError, KeyError):
        # In a container a process may have a number that no user has.
        user = "somebody"
    return who_is(environ, user, gethostname())


def url_of(target: Target, environ: Mapping[str, str]) -> ConnectionUrl:
    """Raises UsageError if the variable is not set, or holds no connection string."""
    if target.fleet is not None and target.fleet.source.urls_env is not None:
        raise UsageError(
            f"{target.name} is a fleet: it has no database of its own.",
            hint="Ask for `plan`, `apply` or `status`, which go through its tenants.",
        )
    return parse_url(text_of(target, environ), name=target.variable(environ))


def text_of(target: Target, environ: Mapping[str, str]) -> str:
    text = environ.get(target.variable(environ), "")
    if not text:
        raise UsageError(
            f"{target.url_env} is not set, so {target.name} cannot be reached.",
            hint=f"Set it to a connection string such as "
            f"postgresql://user@host:5432/database, for example as a secret of the "
            f"environment {target.name}.",
        )
    return text


@dataclass(frozen=True)
class Fleets:
    """Loads what connects when a fleet is gone through. What a database tells is kept secret."""

    environ: Mapping[str, str]
    backups: Backups

    def tenants(self, target: Target) -> tuple[Tenant, ...]:
        assert target.fleet is not None
        source = target.fleet.source
        if source.urls_env is not None:
            return tenants_in(text_of(target, self.environ), name=source.urls_env)
        from bot.adapters.postgres.fleet import read_tenants

        found = read_tenants(source, url_of(target, self.environ))
        keep_secret(each.url.text for each in found)
        return found

    def connect(self, target: Target, tenant: Tenant) -> AbstractContextManager[Database]:
        from bot.adapters.postgres.target.opening import open_target

        return open_target(target, tenant.url, who=who_of(self.environ), servers=self._servers)

    @cached_property
    def _servers(self) -> "Servers":
        from bot.adapters.postgres.target.around import Servers

        return Servers()

    def back_up(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        backups = replace(self.backups, url_of=lambda _: tenant.url)
        return backups.take(target, note)

    def healthy(self, tenant: Tenant, query: str) -> bool:
        from bot.adapters.postgres.fleet import healthy

        return healthy(tenant, query)


@dataclass(frozen=True)
class Trials:
    """Loads what starts servers when one is wanted."""

    environ: Mapping[str, str]
    postgres: int

    def compare(self, trial: Trial) -> Comparison:
        from bot.adapters.postgres.comparing import compare

        return compare(trial, postgres=self.postgres, environ=self.environ)


@dataclass(frozen=True)
class Rehearsals:
    """Loads what runs migrations when some are to be run. `given` is the URL of a server."""

    environ: Mapping[str, str]
    given: str | None = None
    drafter: Drafter | None = None

    def at(self, url: str) -> "Rehearsals":
        return replace(self, given=url)

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        from bot.adapters.postgres.rehearsal.rehearse import rehearse

        return rehearse(
            order, given=self.given, environ=self.environ, note=note, drafter=self.drafter
        )


@dataclass(frozen=True)
class Downs:
    """Loads what runs a history when somebody wants to take a part of it back."""

    environ: Mapping[str, str]
    given: str | None
    drafter: Drafter | None = None

    def tried_back(self, order: Order, note: Callable[[str], None]) -> Tried:
        from bot.adapters.postgres.rehearsal.backwards import tried_back

        return tried_back(
            order, drafter=self.drafter, given=self.given, environ=self.environ, note=note
        )


@dataclass(frozen=True)
class Schemas:
    """Loads what runs a history when somebody wants to know what it makes. Without a drafter no
    SQL is drafted that would settle a difference."""

    environ: Mapping[str, str]
    given: str | None
    drafter: Drafter | None = None

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        from bot.adapters.postgres.rehearsal.expected import expected

        return expected(order, given=self.given, environ=self.environ, note=note)

    def compare(self, order: DriftOrder, note: Callable[[str], None]) -> Compared:
        from bot.adapters.postgres.rehearsal.drifting import compare

        return compare(
            order, drafter=self.drafter, given=self.given, environ=self.environ, note=note
        )
