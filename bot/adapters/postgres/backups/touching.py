"""The tables that a migration touches, as pg_dump and pg_restore are told of them.

A dump of touched tables has the whole schema, and rows of those tables alone. A foreign key from
one of them to a table without rows could not be restored: it is left out of the proof, and named.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.adapters.postgres.backups.schema_file import readable
from bot.adapters.postgres.catalogue import identity
from bot.adapters.postgres.connection import Connection
from bot.core.backups.backup import TableContent
from bot.core.counting import count
from bot.core.quoting import quoted
from bot.core.schemas.schema import Snapshot

TOUCHED = "touched.json"

# Touched is what was named, and whatever inherits from it: partitions hold the rows.
_TABLES = """
WITH RECURSIVE touched AS (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (n.nspname || '.' || c.relname) = ANY (%(names)s)
  UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN touched t ON t.oid = i.inhparent
)
SELECT n.nspname, c.relname, c.oid IN (SELECT oid FROM touched)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
_DANGLING = """
WITH RECURSIVE touched AS (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (n.nspname || '.' || c.relname) = ANY (%(names)s)
  UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN touched t ON t.oid = i.inhparent
)
SELECT f.oid::bigint, n.nspname, c.relname, f.conname
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE f.contype = 'f' AND f.conrelid IN (SELECT oid FROM touched)
  AND f.confrelid NOT IN (SELECT oid FROM touched)
ORDER BY 1
"""


@dataclass(frozen=True)
class ForeignKey:
    """`oid` is its number in the server it was dumped from, and in the dump's list."""

    oid: int
    name: str


@dataclass(frozen=True)
class Touched:
    """`tables` are those whose rows are dumped, `others` those whose rows are not, as pg_dump's
    patterns; `unchecked` are the foreign keys that lead from the ones to the others."""

    tables: tuple[str, ...]
    others: tuple[str, ...]
    unchecked: tuple[ForeignKey, ...]

    @property
    def arguments(self) -> list[str]:
        """Of pg_dump. -B is how every major spells "no large objects"."""
        return ["-B", *(f"--exclude-table-data={pattern}" for pattern in self.others)]

    @property
    def words(self) -> str:
        told = (
            f"rows of {count(len(self.tables), 'table')} that the plan touches; the schema of all"
        )
        if self.unchecked:
            names = ", ".join(key.name for key in self.unchecked)
            told += f"; not checked against the tables they refer to: {names}"
        return told

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


def touched_of(connection: Connection, names: Collection[str]) -> Touched:
    """`names` are `schema.table`, quoted or not; what does not exist yet has no rows to save."""
    given = {"names": [name.replace('"', "") for name in names]}
    rows = connection.execute(_TABLES, given).fetchall()
    keys = connection.execute(_DANGLING.encode(), given).fetchall()
    return Touched(
        tables=tuple(identity([schema, name]) for schema, name, touched in rows if touched),
        others=tuple(quoted(schema, name) for schema, name, touched in rows if not touched),
        unchecked=tuple(ForeignKey(oid, identity(parts)) for oid, *parts in keys),
    )


def unchecked_in(place: Path) -> tuple[ForeignKey, ...]:
    """Of a dump of touched tables; none of any other."""
    file = place / TOUCHED
    if not file.exists():
        return ()
    with readable(place, TOUCHED):
        listed = json.loads(file.read_text("utf-8"))["unchecked"]
        return tuple(ForeignKey(**each) for each in listed)


def without(schema: Snapshot, keys: Sequence[ForeignKey]) -> Snapshot:
    names = {key.name for key in keys}
    return {
        key: value
        for key, value in schema.items()
        if not (key[0] == "constraint" and key[1] in names)
    }


def only(tables: tuple[TableContent, ...], names: Collection[str]) -> tuple[TableContent, ...]:
    return tuple(table for table in tables if table.name in set(names))


def list_without(listed: str, keys: Sequence[ForeignKey]) -> str:
    """What `pg_restore --list` printed, less some entries: each line has a dump's own number, a
    catalogue's and the object's."""
    numbers = {str(key.oid) for key in keys}
    kept = [line for line in listed.splitlines() if not _is_one_of(line, numbers)]
    return "\n".join(kept) + "\n"


def _is_one_of(line: str, numbers: Collection[str]) -> bool:
    words = line.split()
    return len(words) > 4 and words[2] in numbers and words[3:5] == ["FK", "CONSTRAINT"]
