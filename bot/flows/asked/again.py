"""The button beside a check run: what was checked is checked again."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.github.check_run import check_name
from bot.core.github.request import AgainRequest, CheckRequest
from bot.report.faces.check_run import not_again, not_ours
from bot.world import World


def check_again(request: AgainRequest, worlds: Sequence[World]) -> CheckRequest | None:
    """What to check; None if it is nothing of ours, which is said.

    With one database every other is checked again: the label and the comment are of all of them.
    A fork's text is not judged here: this event, unlike the pull request's own, comes with a token
    that may write.
    """
    world = worlds[0]
    if request.name not in (None, *(check_name(each.settings.database) for each in worlds)):
        world.console.say(not_ours(str(request.name)))
        return None
    check = request.check
    if check is None or check.pull is None:
        world.console.say(not_again(request.head))
        return None
    if world.github is None:
        return check
    return replace(check, merged=world.github.pull(check.pull).merged)
