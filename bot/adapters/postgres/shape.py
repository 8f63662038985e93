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
SELECT e.extname, n.nspname FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
"""


def shape_of(connection: Connection, schemas: Sequence[str] | None) -> Snapshot:
    """What is in the schemas, without owners and rights, and every extension wherever it is; with
    what a draft wants to know of each.

    Of all schemas if none are named.
    """
    with explained("read the catalogue"), connection.transaction(force_rollback=True):
        connection.execute("; ".join(_PRINTING).encode())
        found = dict(snapshot(connection, schemas=schemas, links=True))
        for name, place in connection.execute(_EXTENSIONS).fetchall():
            there = dict(found.get(("extension", name), ()))
            needs = (("needs", there["needs"]),) if "needs" in there else ()
            found["extension", name] = (*needs, ("schema", place))
    return found
