"""What could not be read, or was not asked for: pages say so in place of what is missing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unread:
    """`what` is missing because of `why`, and `hint` is what to do about it. `asked` says that it
    was wanted: then it is a failure, and not only something to ask for."""

    what: str
    why: str
    hint: str = ""
    asked: bool = True
