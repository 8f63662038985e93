"""Pull requests and comments, as plain values."""

from dataclasses import dataclass

# The login that GitHub shows in place of every account that was deleted.
GHOST = "ghost"


@dataclass(frozen=True)
class Pull:
    """A pull request. `head` is its last commit; `files` are the paths it touches, and `renamed`
    those that files had before it gave them others. `base` is the commit of the base branch that it
    was last compared with. `fork` says that its branch lives in another repository."""

    number: int
    head: str
    base_name: str
    author: str
    merged: bool
    files: tuple[str, ...] = ()
    base: str = ""
    renamed: tuple[str, ...] = ()
    fork: bool = False


@dataclass(frozen=True)
class LineComment:
    """A comment to write on the lines `start_line` to `line` of a file, both included."""

    path: str
    start_line: int
    line: int
    body: str


@dataclass(frozen=True)
class Comment:
    """A comment the bot wrote on a pull request, oldest first where there are several."""

    id: int
    body: str
