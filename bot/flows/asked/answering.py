"""From an event to the module that does what it asks for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.github.event import request_of
from bot.core.github.request import (
    AgainRequest,
    ApplyRequest,
    CheckRequest,
    CommandRequest,
    NothingRequest,
    ReportRequest,
    Request,
)
from bot.errors import ExitCode, UsageError
from bot.flows.asked.again import check_again
from bot.flows.asked.apply_all import apply
from bot.flows.asked.check import check
from bot.flows.asked.command import command
from bot.flows.asked.recheck import recheck
from bot.flows.asked.report import report
from bot.flows.asked.warm import warm
from bot.world import World

WORK_VARIABLE = "MIGRATION_BOT_WORK"
# What a push to the default branch, or a dispatch, may ask for.
WORKS: Mapping[str, Callable[[ApplyRequest, Sequence[World]], ExitCode]] = {
    "": apply,
    "recheck": recheck,
    "warm": warm,
}


def answer(world: World, event: str, payload: Mapping[str, Any], sha: str) -> ExitCode:
    """As `answer_all`, where there is one database."""
    return answer_all((world,), event, payload, sha)


def answer_all(
    worlds: Sequence[World], event: str, payload: Mapping[str, Any], sha: str
) -> ExitCode:
    """Do what the event asks for, with every database of the repository that it is about."""
    world = worlds[0]
    request = request_of(event, payload, sha=sha)
    if isinstance(request, NothingRequest):
        world.console.say(f"nothing to do: {request.reason}")
        return ExitCode.FINE
    if isinstance(request, AgainRequest):
        again = check_again(request, worlds)
        if again is None:
            return ExitCode.FINE
        # It runs for the default branch, which is not what it is about.
        request, sha = again, again.head
    _require_checked_out(request, sha, world)
    if isinstance(request, CheckRequest):
        return check(request, worlds)
    if isinstance(request, ReportRequest):
        return report(request, worlds)
    if isinstance(request, CommandRequest):
        return command(request, worlds)
    work = world.environ.get(WORK_VARIABLE, "")
    if work not in WORKS:
        raise UsageError(
            f"There is no work {work} that a push could ask for.",
            hint=f"Leave the input `work` empty, or give it one of {', '.join(sorted(WORKS))}.",
        )
    return WORKS[work](request, worlds)


def _require_checked_out(request: Request, sha: str, world: World) -> None:
    """What is judged, or applied, must be what the event is about."""
    head = world.checkout.head()
    if head not in (request.head, sha):
        raise UsageError(
            f"The checkout is at {head[:12]}, and the event is about {request.head[:12]}.",
            hint="Let actions/checkout take the commit of the event, and change nothing after it.",
        )
