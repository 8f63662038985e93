"""What to write in place of a statement, so that the finding about it goes away."""

from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a piece of a rewrite goes: with its neighbours, into a migration folder of its own, or
    into one that comes after all the others."""

    HERE = "here"
    APART = "apart"
    LATER = "later"


@dataclass(frozen=True)
class Piece:
    """One statement of a rewrite, without its semicolon."""

    sql: str
    place: Place = Place.HERE


@dataclass(frozen=True)
class Rewrite:
    """The pieces that stand in for one statement, in the order in which they run.

    No piece at all means that the statement goes.
    """

    pieces: tuple[Piece, ...] = ()

    @property
    def in_place(self) -> str | None:
        """The replacement with semicolons between, if it fits into the same file; else None."""
        if any(piece.place is not Place.HERE for piece in self.pieces):
            return None
        return ";\n".join(piece.sql for piece in self.pieces)
