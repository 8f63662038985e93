"""Approvals that were given by a comment, recomputed from the conversation."""

from bot.core.approvals.approval import Opinion
from bot.core.github.command import Command, Verb
from bot.core.github.pull import Pull
from bot.core.github.said import Remark
from bot.world import World

_APPROVED = "APPROVED"


def opinions_said(pull: Pull, world: World) -> tuple[Opinion, ...]:
    """What `/migrate approve` says, as a review would, of the commit that its author saw.

    Whether it counts is for the approval gate. Nobody is believed to have seen the head if they
    cannot have: then it is an approval of an earlier commit, whichever that was. Raises
    GitHubError.
    """
    assert world.github is not None
    approving = [each for each in world.github.remarks(pull.number) if _approves(each)]
    if not approving:
        return ()
    head = world.github.head_of(pull.number)
    return tuple(
        Opinion(each.login, _APPROVED, head.commit if head.seen_at(each.at) else "", each.at)
        for each in approving
    )


def _approves(remark: Remark) -> bool:
    said = remark.said
    return isinstance(said, Command) and said.verb is Verb.APPROVE
