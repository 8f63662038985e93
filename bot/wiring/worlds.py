"""Which adapter fills which place of the world. cli.py's other half."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from bot.adapters.checkout import Checkout
from bot.adapters.console import open_console
from bot.adapters.files import Files
from bot.adapters.installation import installed_from
from bot.adapters.rollout_log import VARIABLE as LOG_VARIABLE
from bot.adapters.rollout_log import RolloutLogFile
from bot.commands.session import Options
from bot.core.log_line import said
from bot.core.rollouts.rollout_log import line_of
from bot.core.settings import DEFAULT_FOLDER, Settings
from bot.core.targets.target import Target
from bot.wiring.backups import Backups
from bot.wiring.choosing import chosen_of
from bot.wiring.databases import (
    Downs,
    Fleets,
    Rehearsals,
    Schemas,
    Shadows,
    Trials,
    open_database,
    url_of,
)
from bot.wiring.development import Development
from bot.wiring.drafting import draft
from bot.wiring.examining import Examiner
from bot.wiring.hooks import HookRunner
from bot.wiring.reading import read_calendar, read_configuration, read_sizes, trusted, with_base
from bot.wiring.resetting import Resetting
from bot.wiring.restoring import Restoring
from bot.wiring.secrets import cleaner, keep_variables_secret, log_cleaner
from bot.wiring.services import Sealer, github, notifier, prisma, project, runner, telemetry
from bot.world import Console, Database, GitHub, Runner, Telemetry, World
from bot.world.choosing import only

# A server to rehearse on, such as a service container of the workflow's job.
REHEARSAL_VARIABLE = "MIGRATION_BOT_REHEARSAL_URL"


def build_world(options: Options, environ: Mapping[str, str] = os.environ) -> World:
    """The only one there is. Raises UsageError where the configuration has several databases."""
    return only(build_worlds(options, environ))


def build_worlds(options: Options, environ: Mapping[str, str] = os.environ) -> tuple[World, ...]:
    """A world for each database of the configuration, in its order, or for the chosen one."""
    start = Path.cwd()
    environ = with_base(environ)
    checkout = Checkout.find(options.migrations or DEFAULT_FOLDER, start=start, environ=environ)
    configured = (
        read_configuration(options, checkout, environ) if options.configured else (Settings(),)
    )
    secret = _secret_variables(configured)
    keep_variables_secret(secret)
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
            lines=lines_of(options, clean),
        ),
        options.lines and options.verbosity >= 0,
    )
    for notice in configured[0].notices:
        shared.console.say(notice)
    worlds = []
    for settings in chosen_of(configured, database=options.database, folder=options.migrations):
        if options.migrations is None and settings.folder != DEFAULT_FOLDER:
            checkout = Checkout.find(settings.folder, start=start, environ=environ)
        worlds.append(_world(settings, checkout, shared))
    return tuple(worlds)


def lines_of(options: Options, clean: Callable[[str], str]) -> Callable[[str], str] | None:
    """What makes a line for machines of what is said, where they read it."""
    if not options.lines:
        return None
    return lambda text: line_of(said(options.verb, text, datetime.now(UTC)), clean)


def _secret_variables(configured: Iterable[Settings]) -> tuple[str, ...]:
    """The names of the variables that hold connection strings, addresses of webhooks and keys, of
    every database there is."""
    names: list[str | None] = []
    for settings in configured:
        for target in settings.targets.values():
            names += [target.url_env, target.direct_url_env]
            names.append(getattr(target.backup.source, "token_env", None))
        for sink in settings.notify:
            names += [sink.url_env, sink.secret_env]
    return tuple(name for name in names if name)


@contextmanager
def connected(target: Target, environ: Mapping[str, str], console: Console) -> Iterator[Database]:
    """Told of is only the way there: what is done with it tells of itself."""
    with ExitStack() as stack:
        with console.waiting(f"connecting to {target.name}"):
            database = stack.enter_context(open_database(target, environ))
        yield database


@dataclass(frozen=True)
class _Shared:
    """What the worlds of several databases have in common."""

    environ: Mapping[str, str]
    root: Path
    clean: Callable[[str], str]
    console: Console
    # Whether standard error is read by machines.
    aloud: bool = False

    @cached_property
    def github(self) -> GitHub | None:
        return github(self.environ, self.clean, self.console.say)

    @cached_property
    def telemetry(self) -> Telemetry:
        return telemetry(self.environ, self.console.say, self.clean)

    @cached_property
    def runner(self) -> Runner | None:
        return runner(self.environ, self.clean)


def _world(settings: Settings, checkout: Checkout, shared: _Shared) -> World:
    environ, console = shared.environ, shared.console
    given = environ.get(REHEARSAL_VARIABLE) or None
    backups = Backups(
        environ,
        shared.root,
        settings.target,
        lambda target: url_of(target, environ),
        lambda path: trusted(path, checkout, environ),
        follow=console.follow if console.watched else None,
    )
    return World(
        settings=settings,
        console=console,
        checkout=checkout,
        connect=lambda target: connected(target, environ, console),
        backups=backups,
        files=Files(),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        environ=environ,
        github=shared.github,
        runner=shared.runner,
        notifier=notifier(settings, environ, shared.clean),
        sealer=Sealer(environ, shared.clean),
        sizes=cache(lambda: read_sizes(settings.sizes_file, checkout, environ, console.say)),
        seed=lambda: trusted(settings.rehearsal.seed, checkout, environ),
        trials=Trials(environ, settings.postgres),
        prisma=prisma(environ, checkout.root),
        project=project(environ, checkout, Path.cwd()),
        shadows=Shadows(environ, given),
        rehearsals=Rehearsals(environ, given, draft),
        fleets=Fleets(environ, backups),
        schemas=Schemas(environ, given, draft),
        downs=Downs(environ, given, draft),
        restoring=Restoring(environ),
        development=Development(environ),
        resetting=Resetting(environ),
        hooks=HookRunner(environ, shared.root),
        text_of=lambda path: trusted(path, checkout, environ),
        calendar=lambda path, zone, at: read_calendar(path, checkout, environ, zone, at),
        installed_from=installed_from,
        examiner=Examiner(environ, checkout, backups),
        log=RolloutLogFile(environ.get(LOG_VARIABLE) or None, shared.clean, aloud=shared.aloud),
        telemetry=shared.telemetry,
        clean=shared.clean,
    )
