"""A command in a comment: heard in a job without secrets, carried out in an environment's own.

Both jobs run for the same event. Each reads the comment anew and decides anew whether it may be
obeyed, so that neither has to believe the other.
"""

from collections.abc import Sequence

from bot.core.github.command import Misread
from bot.core.github.request import CommandRequest
from bot.core.github.said import FINAL, Reaction, Remark
from bot.errors import BotError, ExitCode, GateClosed, UsageError
from bot.flows.asked.apply import TARGET_VARIABLE, is_slice
from bot.flows.asked.apply_all import names_in, world_for
from bot.flows.asked.commands.answers import Answer, failed, give, refused, sign
from bot.flows.asked.commands.choosing import authorised_in
from bot.flows.asked.commands.hearing import hear
from bot.flows.asked.commands.work import HANDLERS, carry_out
from bot.world import World


def command(request: CommandRequest, worlds: Sequence[World]) -> ExitCode:
    world = worlds[0]
    if world.github is None or world.runner is None:
        raise UsageError(
            "There is no GitHub token, so nobody can be asked who may give commands.",
            hint="Leave the action's input `token` as it is.",
        )
    remark = _as_it_was(request, world)
    if remark is None:
        return ExitCode.FINE
    names = names_in(world.environ.get(TARGET_VARIABLE, ""), worlds)
    return _do(names, request, remark, worlds) if any(names) else _answer(request, remark, worlds)


def _as_it_was(request: CommandRequest, world: World) -> Remark | None:
    """The comment, if it still says what the event said, and was not answered by an earlier run."""
    assert world.github is not None
    remark = world.github.remark(request.comment)
    if remark is None or remark.pull != request.pull:
        world.console.say("the comment is gone: nothing is done")
        return None
    if remark.edited or not remark.human or remark.body != request.body:
        world.console.say("the comment says something else by now: nothing is done")
        return None
    if world.github.reactions(remark.id) & FINAL:
        world.console.say("the comment was answered by an earlier run: nothing is done twice")
        return None
    return remark


def _answer(request: CommandRequest, remark: Remark, worlds: Sequence[World]) -> ExitCode:
    """A refusal is an answer, and no failure of the job."""
    world = worlds[0]
    sign(remark, Reaction.READ, world)
    if isinstance(request.said, Misread):
        said = f"{request.said.message} {request.said.hint}"
        give(Answer(Reaction.FAILED, said), remark, world)
        return ExitCode.FINE
    try:
        granted, world = authorised_in(remark, request.said, worlds, branch=request.branch)
        answer = hear(granted, world, [each for each in worlds if each is not world])
    except GateClosed as error:
        answer = refused(error)
    except BotError as error:
        give(failed(error), remark, world)
        raise
    give(answer, remark, world)
    return ExitCode.FINE


def _do(
    names: Sequence[str], request: CommandRequest, remark: Remark, worlds: Sequence[World]
) -> ExitCode:
    """In the job of an environment. The pull request was merged, and the commit that is checked
    out is of the default branch: what a rollout does there is what a push would do."""
    said, world = request.said, worlds[0]
    if isinstance(said, Misread) or said.verb not in HANDLERS:
        world.console.say("the comment asks for nothing that is done to a target")
        return ExitCode.FINE
    try:
        granted, world = authorised_in(remark, said, worlds, branch=request.branch)
        target = next((each for each in granted.targets if each.name in names), None)
        if target is None:
            known = " or ".join(names)
            world.console.say(f"the comment asks for nothing that is done to {known}")
            return ExitCode.FINE
        world = world if len(names) == 1 else world_for(target, world)
        answer = carry_out(granted, target, request.head, world)
    except BotError as error:
        stopped = refused if isinstance(error, GateClosed) else failed
        _give(stopped(error), remark, world)
        raise
    _give(answer, remark, world)
    return ExitCode.FINE


def _give(answer: Answer, remark: Remark, world: World) -> None:
    """A slice of a fleet is one job of many: the one that comes after them all answers."""
    if not is_slice(world):
        give(answer, remark, world)
