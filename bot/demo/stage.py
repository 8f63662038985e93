"""Where the demo plays: two servers, a GitHub, a runner, and the platform's history in place."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.server import Server, start_server
from bot.demo.hub import Hub
from bot.demo.hub.records import PullRequest
from bot.demo.hub.server import Call
from bot.demo.project import REPOSITORY, platform_files, rows, seed
from bot.demo.runner import DemoRunner, clean_environment
from bot.demo.screen import Screen
from bot.errors import BotError, ExitCode

# The history is put in place by the bot itself; these two are not yet protected then.
_SETUP = """\
targets:
  staging:    {kind: development, url_env: STAGING_DATABASE_URL}
  production: {kind: development, url_env: PRODUCTION_DATABASE_URL}
"""
STAGING_USERS, PRODUCTION_USERS = 200, 5_000


class DemoFailed(BotError):
    """The demo did not go as it always should."""

    exit_code = ExitCode.FAULT


@dataclass(frozen=True)
class Stage:
    """The two servers, the GitHub, a runner, and a place for files that goes with the servers."""

    staging: Server
    production: Server
    hub: Hub
    runner: DemoRunner
    root: Path

    @property
    def urls(self) -> Mapping[str, str]:
        return {
            "STAGING_DATABASE_URL": self.staging.url("platform"),
            "PRODUCTION_DATABASE_URL": self.production.url("platform"),
        }

    def pull(self, number: int) -> PullRequest:
        return self.hub.state.repository(REPOSITORY).pulls[number]


@contextmanager
def stage_for(screen: Screen, *, on_call: Callable[[Call], None] | None = None) -> Iterator[Stage]:
    """`on_call` is told of every call to its GitHub."""
    screen.scene("Two servers with the platform's schema and some rows")
    with ExitStack() as stack:
        with screen.working("starting two PostgreSQL servers"):
            staging = stack.enter_context(start_server(databases=["platform"]))
            production = stack.enter_context(start_server(databases=["platform"]))
        # Inside a server's own directory: its warden removes it, however this process ends.
        place = tempfile.TemporaryDirectory(dir=staging.directory, prefix="stage-")
        root = Path(stack.enter_context(place))
        hub = stack.enter_context(Hub(root / "hub", on_call=on_call))
        stage = Stage(staging, production, hub, DemoRunner(hub, REPOSITORY, root), root)
        with screen.working("applying the platform's history, and filling both"):
            _furnish(stage)
        screen.note(
            f"PostgreSQL {staging.version} ({staging.provider}), twice: staging with "
            f"{STAGING_USERS:,} users, production with {PRODUCTION_USERS:,}."
        )
        yield stage


def _furnish(stage: Stage) -> None:
    """The repository on the hub, and its history in both databases, with rows."""
    files = platform_files()
    stage.hub.create_repository(
        REPOSITORY,
        files=files,
        roles={"ada": "write", "grace": "maintain"},
        message="The platform as it runs today",
    )
    for name in ("staging", "production"):
        stage.hub.create_environment(REPOSITORY, name)
    here = stage.root / "platform"
    for path, text in files.items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(text, "utf-8")
    (here / "setup.yml").write_text(_SETUP, "utf-8")
    users = {"STAGING_DATABASE_URL": STAGING_USERS, "PRODUCTION_DATABASE_URL": PRODUCTION_USERS}
    for (variable, url), target in zip(stage.urls.items(), ("staging", "production"), strict=True):
        bot(here, {variable: url}, "--config", "setup.yml", "--quiet", "apply", target)
        with connect(url, application_name="demo") as connection, explained("fill the database"):
            connection.execute(seed().encode())
            connection.execute(rows(users[variable]).encode())


def bot(directory: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """The command line, as an operator would type it."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-m", "bot", *arguments],
        cwd=directory,
        env=clean_environment() | dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoFailed(
            f"The demo went wrong: {otherwise}", hint="Report it with the lines above."
        )
