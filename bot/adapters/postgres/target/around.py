"""What is the same in every database of a server, for one role: asked for, and kept for a moment.

A fleet opens a thousand databases, most of them of the same few servers.
"""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.postgres.piping import Query

_SERVER = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       pg_has_role('pg_read_all_stats', 'USAGE'),
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0)
"""
# Some providers keep the control file to themselves.
_SYSTEM = "SELECT system_identifier::text FROM pg_control_system()"
# Those who have been in a transaction for long, in whatever database, and how many are connected.
_SESSIONS = """
SELECT datid::bigint, pid, application_name, pg_get_userbyid(usesysid)::text,
       extract(epoch FROM clock_timestamp() - xact_start)::float8, connected,
       pid = pg_backend_pid()
  FROM (SELECT *, count(datid) OVER () AS connected FROM pg_stat_get_activity(NULL)) AS session
 WHERE pid = pg_backend_pid()
    OR (backend_type = 'client backend'
        AND extract(epoch FROM clock_timestamp() - xact_start) > $1::float8)
"""
_PREPARED = """
SELECT dbid::bigint, 0, gid, pg_get_userbyid(ownerid)::text,
       extract(epoch FROM clock_timestamp() - prepared)::float8
  FROM pg_prepared_xact()
"""
# Seconds for which an answer serves whoever opens the next database.
_A_MOMENT = 1.0

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Around:
    """`sessions` and `prepared` are (database, process, name, user, seconds)."""

    version: str
    major: int
    sees_everybody: bool
    connections_left: int
    system: str
    sessions: tuple[Row, ...]
    prepared: tuple[Row, ...]


def queries_around(long: float) -> list[Query]:
    """What asks for it; only the second may be refused."""
    return [(_SERVER, ()), (_SYSTEM, ()), (_SESSIONS, (str(long),)), (_PREPARED, ())]


def around(answers: Sequence[Sequence[Row]]) -> Around:
    """What the rows of those queries say."""
    ((version, major, sees_everybody, connections),), system, sessions, prepared = answers
    return Around(
        version=version.split()[0],
        major=major,
        sees_everybody=sees_everybody,
        connections_left=connections - sessions[0][5],
        system=str(system[0][0]) if system else "",
        sessions=tuple(each[:5] for each in sessions if not each[6]),
        prepared=tuple(prepared),
    )


@dataclass
class Servers:
    """What was found out around databases a moment ago. Safe for several threads."""

    _found: dict[Hashable, tuple[float, Hashable, Around]] = field(default_factory=dict)

    def fresh(self, place: Hashable) -> bool:
        """Whether something is known of the server at this place that is worth a try."""
        found = self._found.get(place)
        return found is not None and time.monotonic() - found[0] < _A_MOMENT

    def known(self, place: Hashable, which: Hashable) -> Around | None:
        """What is known, if `which` is what answered there then; `which` tells one server from
        another that has taken its place, and a role from others."""
        found = self._found.get(place)
        return found[2] if found is not None and found[1] == which else None

    def keep(self, place: Hashable, which: Hashable, found: Around) -> None:
        self._found[place] = time.monotonic(), which, found
