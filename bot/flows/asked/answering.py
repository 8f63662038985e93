"""From an event to the module that does what it asks for."""

from collections.abc import Mapping
from typing import Any

from bot.core.event import CheckRequest, CommandRequest, NothingRequest, Request, request_of
from bot.errors import ExitCode, UsageError
from bot.flows.asked.apply import apply
from bot.flows.asked.check import check
from bot.flows.asked.command import command
from bot.world import World


def answer(world: World, event: str, payload: Mapping[str, Any], sha: str) -> ExitCode:
    request = request_of(event, payload, sha=sha)
    if isinstance(request, NothingRequest):
        world.console.say(f"nothing to do: {request.reason}")
        return ExitCode.FINE
    _require_checked_out(request, sha, world)
    if isinstance(request, CheckRequest):
        return check(request, world)
    if isinstance(request, CommandRequest):
        return command(request, world)
    return apply(request, world)


def _require_checked_out(request: Request, sha: str, world: World) -> None:
    """What is judged, or applied, must be what the event is about."""
    head = world.checkout.head()
    if head not in (request.head, sha):
        raise UsageError(
            f"The checkout is at {head[:12]}, and the event is about {request.head[:12]}.",
            hint="Let actions/checkout take the commit of the event, and change nothing after it.",
        )
