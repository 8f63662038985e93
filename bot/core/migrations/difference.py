"""What a schema has that a history has not, as Prisma writes it."""

from dataclasses import dataclass

EMPTY = "-- This is an empty migration."


@dataclass(frozen=True)
class Difference:
    """`sql` is the script, "" if there is no difference. `schema` is the path of schema.prisma, or
    of the folder of one in several files; `prisma` is the version that was asked."""

    sql: str
    schema: str
    prisma: str

    @property
    def empty(self) -> bool:
        return not self.sql
