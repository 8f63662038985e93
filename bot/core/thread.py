"""A conversation that the bot began on lines of a pull request."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thread:
    """`id` is GitHub's name for it, and `comment` for the comment that began it, whose text is
    `body`. `answered` says that somebody else wrote in it: then it is theirs too."""

    id: str
    comment: str
    body: str
    resolved: bool = False
    answered: bool = False
    hidden: bool = False
