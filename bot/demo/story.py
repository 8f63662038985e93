"""The story of the demo, told by what really happens: every job runs the bot as Actions would."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.server import Server, start_server
from bot.demo.hub import Event, Hub
from bot.demo.project import (
    BRANCH,
    REPOSITORY,
    Proposal,
    platform_files,
    proposal,
    rows,
    seed,
)
from bot.demo.runner import DemoRunner, JobResult, clean_environment
from bot.demo.screen import Screen
from bot.errors import BotError, ExitCode

_CHECKS = {"contents": "read", "pull_requests": "write", "deployments": "read"}
_DEPLOYS = {"contents": "read", "pull_requests": "write", "deployments": "write"}
# The history is put in place by the bot itself; these two are not yet protected then.
_SETUP = """\
targets:
  staging:    {kind: development, url_env: STAGING_DATABASE_URL}
  production: {kind: development, url_env: PRODUCTION_DATABASE_URL}
"""
_STAGING_USERS, _PRODUCTION_USERS = 200, 5_000


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


def tell(screen: Screen, *, keep: bool = False) -> None:
    """The whole way. Raises DemoFailed if a job ends otherwise than it should."""
    began = time.monotonic()
    screen.title(
        "migration-bot: from a pull request to production",
        "Two PostgreSQL servers, a GitHub on this machine, and the bot as Actions runs it.",
    )
    with _stage(screen) as stage:
        change = proposal(datetime.now(UTC))
        number = _propose(stage, screen, change)
        _mend(stage, screen, change, number)
        _approve(stage, screen, number)
        _merge_and_deploy(stage, screen, number)
        _show_the_end(stage, screen, began)
        if keep:
            _keep(stage, screen)


@contextmanager
def _stage(screen: Screen) -> Iterator[Stage]:
    screen.scene("Two servers with the platform's schema and some rows")
    with ExitStack() as stack:
        with screen.working("starting two PostgreSQL servers"):
            staging = stack.enter_context(start_server(databases=["platform"]))
            production = stack.enter_context(start_server(databases=["platform"]))
        # Inside a server's own directory: its warden removes it, however this process ends.
        place = tempfile.TemporaryDirectory(dir=staging.directory, prefix="stage-")
        root = Path(stack.enter_context(place))
        hub = stack.enter_context(Hub(root / "hub"))
        stage = Stage(staging, production, hub, DemoRunner(hub, REPOSITORY, root), root)
        with screen.working("applying the platform's history, and filling both"):
            _furnish(stage)
        screen.note(
            f"PostgreSQL {staging.version} ({staging.provider}), twice: staging with "
            f"{_STAGING_USERS:,} users, production with {_PRODUCTION_USERS:,}."
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
    users = {"STAGING_DATABASE_URL": _STAGING_USERS, "PRODUCTION_DATABASE_URL": _PRODUCTION_USERS}
    for (variable, url), target in zip(stage.urls.items(), ("staging", "production"), strict=True):
        _bot(here, {variable: url}, "--config", "setup.yml", "--quiet", "apply", target)
        with connect(url, application_name="demo") as connection, explained("fill the database"):
            connection.execute(seed().encode())
            connection.execute(rows(users[variable]).encode())


def _propose(stage: Stage, screen: Screen, change: Proposal) -> int:
    screen.scene(f"Ada opens a pull request: “{change.title}”")
    screen.note("Two new migrations. One builds an index in a way that would stop all writes.")
    stage.hub.push(REPOSITORY, BRANCH, change.risky, author="ada", message=change.title)
    event = stage.hub.open_pull_request(REPOSITORY, author="ada", head=BRANCH, title=change.title)
    number: int = event.payload["pull_request"]["number"]
    _check(stage, screen, event, expected=ExitCode.FINDINGS)
    screen.comment(_comment(stage, number))
    screen.note("The check failed, so the pull request cannot be merged.")
    return number


def _mend(stage: Stage, screen: Screen, change: Proposal, number: int) -> None:
    screen.scene("Ada mends it: the index is built CONCURRENTLY, alone in its folder")
    before = _comments(stage, number)
    events = stage.hub.push(
        REPOSITORY, BRANCH, change.mended, author="ada", message="Build the index concurrently"
    )
    synchronised = next(each for each in events if each.name == "pull_request")
    _check(stage, screen, synchronised, expected=ExitCode.FINE)
    _require(before == _comments(stage, number), "a second comment was written")
    screen.comment(_comment(stage, number), short=True)
    screen.note("It is the same comment, brought up to date.")


def _approve(stage: Stage, screen: Screen, number: int) -> None:
    screen.scene("Grace, who may write here and is not the author, approves")
    event = stage.hub.review(REPOSITORY, number, author="grace", body="Looks safe to me.")
    _check(stage, screen, event, expected=ExitCode.FINE)
    screen.note("Her approval counts for exactly these texts; a push would need a new one.")


def _merge_and_deploy(stage: Stage, screen: Screen, number: int) -> None:
    screen.scene("The pull request is merged: staging first, then production")
    _, push = stage.hub.merge(REPOSITORY, number, author="ada", method="squash")
    for target, variable in (
        ("staging", "STAGING_DATABASE_URL"),
        ("production", "PRODUCTION_DATABASE_URL"),
    ):
        with screen.working(f"the deploy job of {target} runs"):
            done = stage.runner.run(
                push,
                permissions=_DEPLOYS,
                secrets={variable: stage.urls[variable]},
                target=target,
            )
        _expect(done, ExitCode.FINE, f"the deploy job of {target}")
        screen.log(done.log)
    screen.comment(_comment(stage, number), short=True)


def _show_the_end(stage: Stage, screen: Screen, began: float) -> None:
    screen.scene("Where both targets stand now")
    here = stage.root / f"job-{stage.runner.jobs}" / "checkout"
    screen.plain(_bot(here, stage.urls, "status"))
    screen.note(f"All of it took {time.monotonic() - began:.0f} seconds.")


def _keep(stage: Stage, screen: Screen) -> None:
    screen.scene("Kept for you")
    for server, name in ((stage.staging, "staging"), (stage.production, "production")):
        stop = server.detach()
        screen.plain(f'   {name}:  psql "{server.url("platform")}"')
        screen.plain(f"   stop it and remove its files:  {stop}")


def _check(stage: Stage, screen: Screen, event: Event, *, expected: ExitCode) -> None:
    with screen.working("the check job runs"):
        done = stage.runner.run(event, permissions=_CHECKS)
    _expect(done, expected, "the check job")


def _expect(done: JobResult, expected: ExitCode, what: str) -> None:
    _require(done.code == expected, f"{what} ended with {done.code}:\n{done.log}")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoFailed(
            f"The demo went wrong: {otherwise}", hint="Report it with the lines above."
        )


def _comments(stage: Stage, number: int) -> list[int]:
    return [each.id for each in _pull(stage, number).comments]


def _comment(stage: Stage, number: int) -> str:
    comments = _pull(stage, number).comments
    _require(len(comments) == 1, f"there are {len(comments)} comments")
    return comments[0].body


def _bot(directory: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """The command line, as an operator would type it."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-m", "bot", *arguments],
        cwd=directory,
        env=clean_environment() | dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    _require(done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}")
    return done.stdout
