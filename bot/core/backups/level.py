"""How much is known of a backup: what was done to prove that it can be brought back."""

from enum import StrEnum


class Level(StrEnum):
    """Each promises what the one before it does, and more. `DECODE`: every file is the one that was
    written, and can be read to its end. `RESTORE`: it was restored into a scratch server, the
    schema is identical, and every table has as many rows. `CONTENT`: the rows are the same."""

    DECODE = "decode"
    RESTORE = "restore"
    CONTENT = "content"

    def reaches(self, wanted: "Level") -> bool:
        order = list(Level)
        return order.index(self) >= order.index(wanted)

    @property
    def words(self) -> str:
        """As in "proved by …"."""
        return _WORDS[self]


_WORDS = {
    Level.DECODE: "reading every file to its end",
    Level.RESTORE: "restoring it",
    Level.CONTENT: "restoring it and comparing the rows",
}
