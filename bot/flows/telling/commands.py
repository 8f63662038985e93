"""The last commands of a pull request in its comment: what was asked, and what became of it."""

from collections.abc import Mapping

from bot.core.github.command import WORD, Command, Misread
from bot.core.github.commanded import Silence
from bot.core.github.said import FINAL, Answered, Reaction, Remark
from bot.errors import GateClosed, GitHubError
from bot.flows.gating.authority import authorised
from bot.report.comment.commands_section import MOST, with_commands
from bot.report.comment.marker import read_marker
from bot.world import World

News = Mapping[int, Answered]


def commands_on(pull: int, world: World, *, news: News | None = None) -> tuple[Answered, ...]:
    """The last commands, oldest first. `news` are those this run has answered, by their comment.

    Everything else is read again from the conversation. Raises GitHubError.
    """
    assert world.github is not None
    known = news or {}
    asking = [each for each in world.github.remarks(pull) if not isinstance(each.said, Silence)]
    return tuple(known.get(each.id) or _answered(each, world) for each in asking[-MOST:])


def commands_told(pull: int, world: World) -> tuple[Answered, ...]:
    """As `commands_on`; none, and a word in the log, if GitHub does not let us see them."""
    try:
        return commands_on(pull, world)
    except GitHubError as error:
        world.console.say(f"no commands shown on #{pull}: {error.message} {error.hint}")
        return ()


def tell_commands(pull: int, world: World, news: News) -> None:
    """Put them into the comment that is there; nobody is told in a comment of its own."""
    assert world.github is not None
    listed = commands_on(pull, world, news=news)
    for comment in world.github.own_comments(pull):
        if read_marker(comment.body) is None:
            continue
        body = with_commands(comment.body, listed)
        if body != comment.body.replace("\r\n", "\n"):
            world.github.edit_comment(pull, comment.id, body)


def line_of(remark: Remark) -> str:
    said = remark.said
    return str(said) if isinstance(said, Command) else f"{WORD} …"


def _answered(remark: Remark, world: World) -> Answered:
    assert world.github is not None
    signs = world.github.reactions(remark.id)
    sign = next(iter(sorted(signs & FINAL)), None) or (Reaction.READ if signs else None)
    why = _why_not(remark, world) if sign is Reaction.REFUSED else ""
    said = remark.said
    if isinstance(said, Misread):
        why = f"{said.message} {said.hint}"
    return Answered(remark.login, remark.at, line_of(remark), sign, why)


def _why_not(remark: Remark, world: World) -> str:
    """What stands against it now; it may be something else than what did when it was given."""
    said = remark.said
    if not isinstance(said, Command) or _of_another(said, world):
        return ""
    try:
        authorised(remark, said, world)
    except GateClosed as error:
        return f"{error.message} {error.hint}"
    return "It was refused when it was given, and nothing stands against it now: give it again."


def _of_another(said: Command, world: World) -> bool:
    """Whether it is about another database of the repository, where it is known what to say."""
    settings = world.settings
    return bool(settings.database and said.target) and said.target not in settings.targets
