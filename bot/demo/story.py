"""The story of the demo, told by what really happens: every job runs the bot as Actions would."""

import re
import time
from datetime import UTC, datetime

from bot.demo.hub import Event
from bot.demo.project import BRANCH, REPOSITORY, Proposal, proposal
from bot.demo.runner import JobResult
from bot.demo.screen import Screen
from bot.demo.stage import Stage, bot, require, stage_for
from bot.errors import ExitCode

_NEXT = (
    ("migration-bot demo --keep", "the servers stay for you to look at"),
    ("migration-bot check", "what a branch of yours would do"),
    ("migration-bot rehearse", "what PostgreSQL really does with it"),
    ("migration-bot rules", "everything it knows to look for"),
    ("docs/quickstart.md", "a first comment on your own project"),
)
_REHEARSED = re.compile(r"Rehearsed on (PostgreSQL [0-9.]+)</b> in ([0-9.]+ s)")
_CHECKS = {"contents": "read", "pull_requests": "write", "deployments": "read"}
_DEPLOYS = {"contents": "read", "pull_requests": "write", "deployments": "write"}


def tell(screen: Screen, *, keep: bool = False) -> None:
    """The whole way. Raises DemoFailed if a job ends otherwise than it should."""
    began = time.monotonic()
    screen.title(
        "migration-bot: from a pull request to production",
        "Two PostgreSQL servers, a GitHub on this machine, and the bot as Actions runs it.",
    )
    with stage_for(screen) as stage:
        play(stage, screen)
        _show_the_end(stage, screen, began)
        if keep:
            _keep(stage, screen)
    _say_what_next(screen)


def play(stage: Stage, screen: Screen) -> None:
    """From the pull request to production."""
    change = proposal(datetime.now(UTC))
    number = _propose(stage, screen, change)
    _mend(stage, screen, change, number)
    _approve(stage, screen, number)
    _merge_and_deploy(stage, screen, number)


def _propose(stage: Stage, screen: Screen, change: Proposal) -> int:
    screen.scene(f"Ada opens a pull request: “{change.title}”")
    screen.note("Two new migrations. One builds an index in a way that would stop all writes.")
    stage.hub.push(REPOSITORY, BRANCH, change.risky, author="ada", message=change.title)
    event = stage.hub.open_pull_request(REPOSITORY, author="ada", head=BRANCH, title=change.title)
    number: int = event.payload["pull_request"]["number"]
    _check(stage, screen, event, expected=ExitCode.FINDINGS)
    comment = _comment(stage, number)
    screen.comment(comment)
    server, seconds = _rehearsed(comment)
    screen.note(
        f"Measured, not guessed: the check made a {server} of its own, ran both migrations on it "
        f"as a rollout would, saw who has to wait, and threw it away again, in {seconds}."
    )
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
    require(before == _comments(stage, number), "a second comment was written")
    comment = _comment(stage, number)
    screen.comment(comment, short=True)
    server, _ = _rehearsed(comment)
    require("reads and writes go on meanwhile" in comment, "the new index makes others wait")
    screen.note(
        f"It is the same comment, brought up to date. On a new {server} the index was built while "
        "reads and writes could go on."
    )


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
    here = stage.runner.checkout
    screen.plain(bot(here, stage.urls, "status"))
    screen.note(f"All of it took {time.monotonic() - began:.0f} seconds.")


def _keep(stage: Stage, screen: Screen) -> None:
    screen.scene("Kept for you")
    for server, name in ((stage.staging, "staging"), (stage.production, "production")):
        stop = server.detach()
        screen.note(f"{name}: connect, and stop it and remove its files")
        screen.plain(f'psql "{server.url("platform")}"')
        screen.plain(stop)


def _say_what_next(screen: Screen) -> None:
    screen.scene("What to try next")
    for command, what in _NEXT:
        screen.plain(f"   {command:28}{what}")


def _check(stage: Stage, screen: Screen, event: Event, *, expected: ExitCode) -> None:
    with screen.working("the check job runs"):
        done = stage.runner.run(event, permissions=_CHECKS)
    _expect(done, expected, "the check job")


def _expect(done: JobResult, expected: ExitCode, what: str) -> None:
    require(done.code == expected, f"{what} ended with {done.code}:\n{done.log}")


def _rehearsed(comment: str) -> tuple[str, str]:
    """On which server, and in how many seconds."""
    found = _REHEARSED.search(comment)
    require(found is not None, "nothing was rehearsed")
    assert found is not None
    return found[1], found[2]


def _comments(stage: Stage, number: int) -> list[int]:
    return list(stage.pull(number).comments)


def _comment(stage: Stage, number: int) -> str:
    comments = list(stage.pull(number).comments.values())
    require(len(comments) == 1, f"there are {len(comments)} comments")
    return comments[0].body
