"""What is in schemas that stay, and hangs on something that is going to be taken out of others."""

from bot.adapters.postgres.connection import Connection
from bot.core.resets.scene import Clearing
from bot.errors import PostgresError

_SHOWN = 5
# A view, foreign key, default, trigger, function, or a column of a type: its first name is its
# schema. What belongs to an extension goes and stays with that.
_DEPENDENTS = """
WITH member AS (
    SELECT classid, objid, refobjid AS extension FROM pg_catalog.pg_depend WHERE deptype = 'e'
), inside AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
      JOIN pg_catalog.pg_namespace AS n
        ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
     WHERE n.nspname = ANY (%(schemas)s) AND d.deptype = 'n'
       AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM member)
    UNION ALL
    SELECT m.classid, m.objid FROM member AS m
      JOIN pg_catalog.pg_extension AS e ON e.oid = m.extension
     WHERE e.extname = ANY (%(extensions)s)
), hanging AS (
    SELECT DISTINCT d.classid, d.objid, d.objsubid FROM pg_catalog.pg_depend AS d
      JOIN inside AS i ON d.refclassid = i.classid AND d.refobjid = i.objid
      LEFT JOIN pg_catalog.pg_rewrite AS r
        ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
     WHERE d.deptype = 'n'
       AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM member)
       AND ('pg_class'::regclass, coalesce(r.ev_class, 0))
           NOT IN (SELECT classid, objid FROM member)
)
SELECT o.type || ' ' || o.identity
  FROM hanging AS h,
       pg_catalog.pg_identify_object(h.classid, h.objid, h.objsubid) AS o,
       pg_catalog.pg_identify_object_as_address(h.classid, h.objid, h.objsubid) AS a
 WHERE a.object_names[1] <> ALL (%(schemas)s)
   AND a.object_names[1] IN (SELECT nspname FROM pg_catalog.pg_namespace
                              WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
   AND o.type NOT IN ('schema', 'extension', 'publication', 'subscription', 'role', 'cast')
 ORDER BY 1
"""


def require_no_dependents(connection: Connection, name: str, clearing: Clearing) -> None:
    """Raises PostgresError if something would go along that is said to stay."""
    taken = {"schemas": list(clearing.schemas), "extensions": list(clearing.extensions)}
    rows = connection.execute(_DEPENDENTS.encode(), taken).fetchall()
    found = [str(row[0]) for row in rows]
    if not found:
        return
    more = len(found) - _SHOWN
    said = ", ".join(found[:_SHOWN]) + (f", and {more} more" if more > 0 else "")
    raise PostgresError(
        f"{name} has in schemas that stay what hangs on what would be dropped: {said}. Nothing was "
        "changed.",
        hint="Drop it, or let a migration make it: then it is dropped and made again.",
    )
