"""Which adapter fills which place of the world. cli.py's other half."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.adapters.actions import Runner as ActionsRunner
from bot.adapters.checkout import Checkout
from bot.adapters.console import open_console
from bot.adapters.files import Files
from bot.adapters.installation import installed_from
from bot.adapters.rollout_log import VARIABLE as LOG_VARIABLE
from bot.adapters.rollout_log import RolloutLogFile
from bot.commands.session import Options
from bot.core.log import inert
from bot.core.redact import Redactor
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.backup import ProvedBackup, StoredBackup
from bot.core.rollouts.drift import Expected
from bot.core.rollouts.holder import who_is
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.trial import Comparison, Trial
from bot.core.settings import DEFAULT_FOLDER, Settings
from bot.core.targets.fleet import Tenant
from bot.core.targets.target import Target
from bot.core.targets.tenants import tenants_in
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import UsageError
from bot.wiring.choosing import chosen_of
from bot.wiring.reading import read_calendar, read_configuration, read_sizes, trusted, with_base
from bot.world import Console, Database, GitHub, Notifier, Prisma, Runner, World
from bot.world.choosing import only

if TYPE_CHECKING:
    from bot.adapters.postgres.target.around import Servers

# A server to rehearse on, such as a service container of the workflow's job.
REHEARSAL_VARIABLE = "MIGRATION_BOT_REHEARSAL_URL"
# The private key that audit records are signed with.
AUDIT_KEY_VARIABLE = "MIGRATION_BOT_AUDIT_KEY"
# How many seconds all calls to GitHub together may wait for it, for limits and when it is down.
PATIENCE_VARIABLE = "MIGRATION_BOT_GITHUB_WAIT"


# Connection strings that this process was told by a database, and not by its environment.
_told: set[str] = set()
# Variables that the configuration says hold secrets, whatever they are called. An error that ends
# the process is told when nobody knows the configuration any more.
_named: set[str] = {AUDIT_KEY_VARIABLE}


def cleaner(names: tuple[str, ...] = ()) -> Callable[[str], str]:
    """Strikes every secret of this process out of a text, also those it was told since."""
    known: dict[tuple[int, int], Redactor] = {}

    def clean(text: str) -> str:
        told, named = frozenset(_told), frozenset(_named)
        key = len(told), len(named)
        if key not in known:
            known.clear()
            known[key] = Redactor.from_environment(os.environ, {*names, *named}, urls=told)
        return known[key].redact(text)

    return clean


def log_cleaner(names: tuple[str, ...] = ()) -> Callable[[str], str]:
    """As `cleaner`, for what is read along by a person; and on GitHub also by its runner."""
    clean = cleaner(names)
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return clean
    return lambda text: inert(clean(text))


def build_world(options: Options, environ: Mapping[str, str] = os.environ) -> World:
    """The only one there is. Raises UsageError where the configuration has several databases."""
    return only(build_worlds(options, environ))


def build_worlds(options: Options, environ: Mapping[str, str] = os.environ) -> tuple[World, ...]:
    """A world for each database of the configuration, in its order, or for the chosen one."""
    start = Path.cwd()
    environ = with_base(environ)
    checkout = Checkout.find(options.migrations or DEFAULT_FOLDER, start=start, environ=environ)
    configured = read_configuration(options, checkout, environ)
    secret = _secret_variables(configured)
    _named.update(secret)
    clean = cleaner(secret)
    shared = _Shared(
        environ,
        checkout.root or start,
        clean,
        open_console(
            environ,
            colour=options.colour,
            verbosity=options.verbosity,
            clean=clean,
            clean_progress=log_cleaner(secret),
        ),
    )
    worlds = []
    for settings in chosen_of(configured, database=options.database, folder=options.migrations):
        if options.migrations is None and settings.folder != DEFAULT_FOLDER:
            checkout = Checkout.find(settings.folder, start=start, environ=environ)
        worlds.append(_world(settings, checkout, shared))
    return tuple(worlds)


def _secret_variables(configured: Iterable[Settings]) -> tuple[str, ...]:
    """The names of the variables that hold connection strings, addresses of webhooks and keys, of
    every database there is."""
    names: list[str | None] = []
    for settings in configured:
        for target in settings.targets.values():
            names += [target.url_env, target.direct_url_env]
        for sink in settings.notify:
            names += [sink.url_env, sink.secret_env]
    return tuple(name for name in names if name)


@dataclass(frozen=True)
class _Shared:
    """What the worlds of several databases have in common."""

    environ: Mapping[str, str]
    root: Path
    clean: Callable[[str], str]
    console: Console

    @cached_property
    def github(self) -> GitHub | None:
        return _github(self.environ, self.clean, self.console.say)

    @cached_property
    def runner(self) -> Runner | None:
        return _runner(self.environ, self.clean)


def _world(settings: Settings, checkout: Checkout, shared: _Shared) -> World:
    environ, console = shared.environ, shared.console
    given = environ.get(REHEARSAL_VARIABLE) or None
    return World(
        settings=settings,
        console=console,
        checkout=checkout,
        connect=lambda target: open_database(target, environ),
        backups=_Backups(environ, shared.root),
        files=Files(),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        environ=environ,
        github=shared.github,
        runner=shared.runner,
        notifier=_notifier(settings, environ, shared.clean),
        sealer=_Sealer(environ, shared.clean),
        sizes=cache(lambda: read_sizes(settings.sizes_file, checkout, environ, console.say)),
        seed=lambda: trusted(settings.rehearsal.seed, checkout, environ),
        trials=_Trials(environ, settings.postgres),
        prisma=_prisma(environ, checkout.root),
        rehearsals=_Rehearsals(environ, given),
        fleets=_Fleets(environ, shared.root),
        schemas=_Schemas(environ, given),
        text_of=lambda path: trusted(path, checkout, environ),
        calendar=lambda path, zone, at: read_calendar(path, checkout, environ, zone, at),
        installed_from=installed_from,
        log=RolloutLogFile(environ.get(LOG_VARIABLE) or None, shared.clean),
    )


def open_database(target: Target, environ: Mapping[str, str]) -> AbstractContextManager[Database]:
    # Imported late: a check does not connect to anything.
    from bot.adapters.postgres.target.opening import open_target

    return open_target(target, url_of(target, environ), who=_who(environ))


def _who(environ: Mapping[str, str]) -> str:
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
class _Backups:
    """Loads what takes backups when one is taken: a check needs no connection."""

    environ: Mapping[str, str]
    root: Path

    def take(self, target: Target, note: Callable[[str], None]) -> BackupSummary:
        from bot.adapters.postgres.backups import take_and_prove

        return take_and_prove(target, url_of(target, self.environ), self.root, note)

    def newest(self, target: Target) -> StoredBackup:
        from bot.adapters.postgres.backups import newest_backup

        return newest_backup(target, self.root)

    def proved(self, target: Target) -> ProvedBackup | None:
        from bot.adapters.postgres.backups import newest_proved

        return newest_proved(target, self.root)


@dataclass(frozen=True)
class _Fleets:
    """Loads what connects when a fleet is gone through. What a database tells is kept secret."""

    environ: Mapping[str, str]
    root: Path

    def tenants(self, target: Target) -> tuple[Tenant, ...]:
        assert target.fleet is not None
        source = target.fleet.source
        if source.urls_env is not None:
            return tenants_in(text_of(target, self.environ), name=source.urls_env)
        from bot.adapters.postgres.fleet import read_tenants

        found = read_tenants(source, url_of(target, self.environ))
        _told.update(each.url.text for each in found)
        return found

    def connect(self, target: Target, tenant: Tenant) -> AbstractContextManager[Database]:
        from bot.adapters.postgres.target.opening import open_target

        return open_target(target, tenant.url, who=_who(self.environ), servers=self._servers)

    @cached_property
    def _servers(self) -> "Servers":
        from bot.adapters.postgres.target.around import Servers

        return Servers()

    def back_up(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        from bot.adapters.postgres.backups import take_and_prove

        return take_and_prove(target, tenant.url, self.root, note)

    def healthy(self, tenant: Tenant, query: str) -> bool:
        from bot.adapters.postgres.fleet import healthy

        return healthy(tenant, query)


@dataclass(frozen=True)
class _Trials:
    """Loads what starts servers when one is wanted."""

    environ: Mapping[str, str]
    postgres: int

    def compare(self, trial: Trial) -> Comparison:
        from bot.adapters.postgres.comparing import compare

        return compare(trial, postgres=self.postgres, environ=self.environ)


@dataclass(frozen=True)
class _Rehearsals:
    """Loads what runs migrations when some are to be run. `given` is the URL of a server."""

    environ: Mapping[str, str]
    given: str | None = None

    def at(self, url: str) -> "_Rehearsals":
        return replace(self, given=url)

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        from bot.adapters.postgres.rehearsal.rehearse import rehearse

        return rehearse(order, given=self.given, environ=self.environ, note=note)


@dataclass(frozen=True)
class _Schemas:
    """Loads what runs a history when somebody wants to know what it makes."""

    environ: Mapping[str, str]
    given: str | None

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        from bot.adapters.postgres.rehearsal.expected import expected

        return expected(order, given=self.given, environ=self.environ, note=note)


def _prisma(environ: Mapping[str, str], root: Path | None) -> Prisma | None:
    from bot.adapters.prisma.cli import find_prisma

    return find_prisma(environ, root)


def _github(
    environ: Mapping[str, str], clean: Callable[[str], str], say: Callable[[str], None]
) -> GitHub | None:
    token, name = environ.get("GITHUB_TOKEN"), environ.get("GITHUB_REPOSITORY")
    if not token or not name:
        return None
    from bot.adapters.github.client import PUBLIC_API
    from bot.adapters.github.repository import open_repository

    return open_repository(
        name,
        token,
        api_url=environ.get("GITHUB_API_URL") or PUBLIC_API,
        clean=clean,
        login=environ.get("MIGRATION_BOT_LOGIN"),
        say=say,
        budget=_seconds(environ, PATIENCE_VARIABLE),
    )


def _seconds(environ: Mapping[str, str], name: str) -> float | None:
    text = environ.get(name, "")
    if not text:
        return None
    if text.isdigit():
        return float(text)
    raise UsageError(f"{name} is {text!r}, and no number of seconds.", hint="Such as 120.")


@dataclass(frozen=True)
class _Sealer:
    """Loads what signs when a rollout is over."""

    environ: Mapping[str, str]
    clean: Callable[[str], str]

    def seal(self, record: Mapping[str, Any]) -> Sealed:
        from bot.adapters.signing import Sealer

        return Sealer(self.environ, self.clean).seal(record)

    def verify(self, sealed: Sealed, public: str) -> str:
        from bot.adapters.signing import problem_with

        return problem_with(sealed, public)


def _notifier(
    settings: Settings, environ: Mapping[str, str], clean: Callable[[str], str]
) -> Notifier | None:
    if not settings.notify:
        return None
    from bot.adapters.notify.notifier import Notifier as HttpNotifier

    return HttpNotifier(environ, clean, lambda: datetime.now(UTC))


def _runner(environ: Mapping[str, str], clean: Callable[[str], str]) -> Runner | None:
    if environ.get("GITHUB_ACTIONS") != "true":
        return None
    return ActionsRunner(environ, sys.stdout, datetime.now(UTC), clean)
