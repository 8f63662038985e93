"""Where a rule is not looked for: migrations and tables that the configuration leaves out."""

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Exclusion:
    """Patterns with `*`, `?` and `[…]`: of migration folders' names, and of tables.

    A pattern of a table is `schema.name` as the catalogue stores it, or a name in any schema.
    """

    migrations: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    def covers_migration(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.migrations)

    def covers_tables(self, tables: Collection[str]) -> bool:
        """Whether every one of them is left out; what is about no table is about none of these."""
        return bool(tables) and all(self._covers_table(each) for each in tables)

    def _covers_table(self, table: str) -> bool:
        return any(is_table(table, pattern) for pattern in self.tables)


def is_table(table: str, pattern: str) -> bool:
    """Whether a `schema.name` is meant by a pattern, which may leave the schema out."""
    return fnmatchcase(table if "." in pattern else table.partition(".")[2], pattern)
