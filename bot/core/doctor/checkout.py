"""The checkout, as far as migrations are read, compared and hashed there."""

from dataclasses import dataclass

from bot.core.doctor.check import Trouble


@dataclass(frozen=True)
class LineEnds:
    """A file of the migrations folder, in git's words: `lf`, `crlf`, `mixed`, `none` or `-text` in
    the index and in the working tree, and its attributes, such as `text=auto`."""

    path: str
    index: str
    worktree: str
    attributes: str = ""


@dataclass(frozen=True)
class CheckoutLook:
    """`top` is None where there is no git repository; `autocrlf` is what git's setting says, ""
    if nothing. `base` is the branch that a check would compare with, or why there is none."""

    top: str | None
    shallow: bool = False
    autocrlf: str = ""
    line_ends: tuple[LineEnds, ...] = ()
    base: str | Trouble = ""
