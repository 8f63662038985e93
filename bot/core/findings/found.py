"""What is found on a target when one looks for what a statement made, or left half made."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class FoundIndex:
    """An index as the catalogue has it. `name` is `schema.name` and `table` its table's, quoted.

    `bare` is the name alone, without quotes. `keys` are its columns or expressions, and `condition`
    that of a partial one, as SQL. `valid`: queries and constraints go by it. `builder` is the
    process that is building it right now, 0 if none is.
    """

    name: str
    bare: str
    table: str
    definition: str
    valid: bool = True
    keys: tuple[str, ...] = ()
    condition: str = ""
    builder: int = 0

    @property
    def doubles(self) -> str:
        """A query that finds what a unique index would not let in."""
        keys = ", ".join(self.keys)
        condition = f"({self.condition}) AND " if self.condition else ""
        # For a person to run: names and expressions are the server's own words for them.
        return (
            f"SELECT {keys}, count(*) FROM {self.table} WHERE {condition}"  # noqa: S608
            f"num_nulls({keys}) = 0 GROUP BY {keys} HAVING count(*) > 1 LIMIT 5"
        )


class Attachment(Enum):
    """How a table stands to another as its partition. PENDING: DETACH CONCURRENTLY was begun and
    broken off, and nobody but FINALIZE can end it (PostgreSQL, ALTER TABLE)."""

    ATTACHED = "attached"
    PENDING = "pending"
    DETACHED = "detached"
