"""A conversation that the bot began on lines of a pull request."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thread:
    """`id` is GitHub's name for it, and `comment` for the comment that began it, whose text is
    `body`; `path` is the file it is about. `answered` says that somebody else wrote in it: then it
    is theirs too. `hidden` says that its beginning is folded away.
    """

    id: str
    comment: str
    body: str
    path: str
    resolved: bool = False
    answered: bool = False
    hidden: bool = False
