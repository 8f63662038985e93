"""What a target keeps of what migrations destroy, and for how long."""

from dataclasses import dataclass

# Bytes a second that are copied inside of a server with a slow disk; measured, three times as many.
COPIED = 50_000_000


@dataclass(frozen=True)
class KeepPolicy:
    """`budget` is how many bytes all kept rows of a target may take, `days` how long they stay.

    `hold` is how many milliseconds longer a table that stays in use may be locked for the copy.
    """

    budget: int = 1_000_000_000
    days: int = 14
    hold: int = 5_000

    def seconds_for(self, bytes: int) -> float:
        """How long a copy of this size takes at most, as far as can be said."""
        return bytes / COPIED
