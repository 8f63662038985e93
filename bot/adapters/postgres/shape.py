"""The shape of some schemas, printed the same whatever server and settings it is read under."""

from collections.abc import Sequence

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, explained
from bot.core.schemas.schema import Snapshot

# Defaults are printed as values are, and a database may have settings of its own for that.
_PRINTING = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, MDY'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL quote_all_identifiers = off",
    "SET LOCAL standard_conforming_strings = on",
)

_EXTENSIONS = b"""
SELECT e.extname, n.nspname, e.extversion FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
"""


def shape_of(
    connection: Connection,
    schemas: Sequence[str] | None,
    *,
    unseen: list[str] | None = None,
    links: bool = False,
) -> Snapshot:
    """What is in the schemas, with owners and rights, what is in none, and every extension.

    Of all schemas if none are named. Kinds that the role may not read are put into `unseen`, if it
    is given. `links` adds what a draft wants to know of each object.
    """
    with explained("read the catalogue"), connection.transaction(force_rollback=True):
        connection.execute("; ".join(_PRINTING).encode())
        found = dict(
            snapshot(
                connection, schemas=schemas, privileges=True, wide=True, unseen=unseen, links=links
            )
        )
        for name, place, version in connection.execute(_EXTENSIONS).fetchall():
            there = dict(found.get(("extension", name), ()))
            needs = (("needs", there["needs"]),) if "needs" in there else ()
            found["extension", name] = (*needs, ("schema", place), ("version", version))
    return found
