"""What is said of labels and reviewers in the log."""

from bot.core.github.reviewers import Reviewers
from bot.report.escape import one_line
from bot.report.words import listed


def unknown_reviewers(pull: int, refused: Reviewers) -> str:
    """Nobody was asked whom GitHub does not know as somebody to ask, and what to do about it."""
    names = listed([one_line(each) for each in (*refused.users, *refused.teams)], limit=5)
    return (
        f"not asked to review #{pull}: {names}. GitHub lets only people and teams be asked that "
        "have access to the repository, and teams only by the token of an app that may read the "
        "organization's members: correct the target's approvals, or ask by hand"
    )
