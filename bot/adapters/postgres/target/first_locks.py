"""Taking the locks of a transaction before its first statement, all within one bound.

lock_timeout counts for each lock by itself, so it is set again before each to what is left of the
whole.
"""

from collections.abc import Iterator, Sequence

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.piping import Query
from bot.core.blocker import Need
from bot.core.effects import LockMode

# LOCK TABLE takes tables only, and asks for privileges that the statements need not have: what is
# left out here is locked by the statement itself. The hardest to get comes first, so that little is
# held while it is waited for; then by oid, as everybody should.
_LOCKABLE = """
SELECT pg_catalog.format('%%I.%%I', namespace.nspname, class.relname), need.mode
  FROM unnest(%s::text[], %s::integer[]) AS need (relation, mode)
  JOIN (pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace)
    ON namespace.nspname || '.' || class.relname = need.relation
 WHERE class.relkind IN ('r', 'p')
   AND pg_catalog.has_schema_privilege(namespace.oid, 'USAGE')
   AND pg_catalog.has_table_privilege(
         class.oid, CASE need.mode WHEN 1 THEN 'SELECT' ELSE 'UPDATE, DELETE, TRUNCATE' END)
 ORDER BY need.mode DESC, class.oid
"""

# now() is when the transaction began.
_WHAT_IS_LEFT = """SELECT pg_catalog.set_config('lock_timeout', greatest(1, $1::text::integer
    - (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000)::integer
    )::text, true)"""


def first_locks(connection: Connection, needs: Sequence[Need], timeout: int) -> list[Query]:
    """What takes them in a transaction; `timeout` is milliseconds for all of them together."""
    early = [each for each in needs if each.early]
    if not early:
        return []
    arrays = [each.relation for each in early], [int(each.mode) for each in early]
    with explained("see which tables there are to lock"):
        rows = connection.execute(_LOCKABLE, arrays).fetchall()
    return list(_queries(rows, timeout))


def _queries(rows: Sequence[tuple[str, int]], timeout: int) -> Iterator[Query]:
    for place, (name, mode) in enumerate(rows):
        if place > 0:
            yield _WHAT_IS_LEFT, (str(timeout),)
        words = LockMode(mode).name.replace("_", " ")
        yield f"LOCK TABLE ONLY {name} IN {words} MODE", ()
    if len(rows) > 1:
        yield f"SET LOCAL lock_timeout = {timeout}", ()
