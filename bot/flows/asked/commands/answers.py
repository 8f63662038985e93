"""Answering a command: a sign on its comment, a line in the bot's own, and the job's summary."""

from dataclasses import dataclass, field

from bot.core.github.said import Answered, Reaction, Remark
from bot.core.log import inert
from bot.errors import BotError, GitHubError
from bot.flows.asked.outputs import set_outputs
from bot.flows.telling.commands import line_of, tell_commands
from bot.report.escape import fence
from bot.world import World


@dataclass(frozen=True)
class Answer:
    """`sign` is Reaction.READ while the work goes on in another job, which `outputs` tells what to
    do."""

    sign: Reaction
    text: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


def refused(error: BotError) -> Answer:
    return Answer(Reaction.REFUSED, f"{error.message} {error.hint}")


def failed(error: BotError) -> Answer:
    return Answer(Reaction.FAILED, f"{error.message} {error.hint}")


def give(answer: Answer, remark: Remark, world: World) -> None:
    """Tell everybody. What was done is done, so that a GitHub that cannot be told is only said."""
    assert world.runner is not None
    set_outputs(world, **answer.outputs)
    line = line_of(remark)
    world.console.show(inert(f"{line}: {answer.text}" if answer.text else line))
    world.runner.summary(fence(f"{line}\n{answer.text}"))
    sign(remark, answer.sign, world)
    news = Answered(remark.login, remark.at, line, answer.sign, answer.text)
    try:
        tell_commands(remark.pull, world, {remark.id: news})
    except GitHubError as error:
        world.console.say(f"not told in the comment: {error.message} {error.hint}")


def sign(remark: Remark, reaction: Reaction, world: World) -> None:
    assert world.github is not None
    try:
        world.github.react(remark.id, reaction)
    except GitHubError as error:
        world.console.say(f"no reaction left: {error.message} {error.hint}")
