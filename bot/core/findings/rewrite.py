"""What to write in place of a statement, so that the finding about it goes away."""

from dataclasses import dataclass, replace
from enum import Enum

# What folders after everything else are for, in the order in which they run.
STAGES = ("backfill", "check", "validate", "not_null")


def stage_of(what: str) -> int:
    """Where a folder comes among those after everything else; behind them if it is none."""
    return STAGES.index(what) if what in STAGES else len(STAGES)


class Place(Enum):
    """Where a piece of a rewrite goes.

    HERE: beside the piece before it; the first one where the statement stood. APART: into a
    migration folder of its own, after the pieces before it. NEXT: into the next folder, and with
    it all that follows the statement. LATER: into a folder after everything that follows the
    statement, beside what other rewrites put there for the same purpose.
    """

    HERE = "here"
    APART = "apart"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class Piece:
    """One statement of a rewrite, without its semicolon; "" only marks a place.

    `what` names the folder that the piece may have to open, in a word or two with underscores.
    """

    sql: str
    place: Place = Place.HERE
    what: str = ""


@dataclass(frozen=True)
class Rewrite:
    """The pieces that stand in for one statement, in the order in which they run.

    No piece at all means that the statement goes. `todo` is what a person has to do besides, as a
    sentence.
    """

    pieces: tuple[Piece, ...] = ()
    todo: str = ""

    @property
    def of_all(self) -> "Rewrite":
        """The same for a statement that has its file to itself: one piece is apart where it is."""
        if len(self.pieces) != 1 or self.pieces[0].place is not Place.APART:
            return self
        return replace(self, pieces=(replace(self.pieces[0], place=Place.HERE),))

    @property
    def in_place(self) -> str | None:
        """The replacement with semicolons between, if it fits into the same file; else None."""
        if any(piece.place is not Place.HERE for piece in self.pieces):
            return None
        return ";\n".join(piece.sql for piece in self.pieces)
