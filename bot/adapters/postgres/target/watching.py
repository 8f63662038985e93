"""What our session is doing, looked at from a connection beside it while the session is busy."""

from dataclasses import replace

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.target.part import Part
from bot.core.rollouts.doing import Doing
from bot.core.targets.server import Pooling
from bot.core.targets.url import ConnectionUrl

_SESSION = """
SELECT coalesce(nullif(wait_event_type, 'Client') || ': ' || wait_event, ''),
       pg_catalog.pg_blocking_pids(pid)
  FROM pg_catalog.pg_stat_activity WHERE pid = %s
"""

# What a session is at is not for every role to see. 0 stands for a prepared transaction.
_BLOCKERS = """
SELECT pg_catalog.concat(
           coalesce(nullif(application_name, ''), nullif(backend_type, 'client backend'),
                    'a session without a name'),
           ' (process ', pid, ', user ' || usename,
           ', in a transaction for ' || pg_catalog.round(extract(epoch FROM
               pg_catalog.clock_timestamp() - xact_start)) || ' s',
           CASE WHEN state LIKE 'idle in%%' THEN ', idle' END, ')')
  FROM pg_catalog.pg_stat_activity WHERE pid = ANY (%(pids)s)
UNION ALL
SELECT 'a prepared transaction' WHERE 0 = ANY (%(pids)s)
"""

_PROGRESS = """
SELECT phase, CASE WHEN blocks_total > 0 THEN 100.0 * blocks_done / blocks_total
                   WHEN tuples_total > 0 THEN 100.0 * tuples_done / tuples_total END
  FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %(pid)s
UNION ALL
SELECT phase, CASE WHEN heap_blks_total > 0
                   THEN 100.0 * heap_blks_scanned / heap_blks_total END
  FROM pg_catalog.pg_stat_progress_cluster WHERE pid = %(pid)s
UNION ALL
SELECT phase, CASE WHEN heap_blks_total > 0
                   THEN 100.0 * heap_blks_scanned / heap_blks_total END
  FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = %(pid)s
UNION ALL
SELECT phase, CASE WHEN sample_blks_total > 0
                   THEN 100.0 * sample_blks_scanned / sample_blks_total END
  FROM pg_catalog.pg_stat_progress_analyze WHERE pid = %(pid)s
"""

_COPYING = """
UNION ALL
SELECT pg_catalog.lower(command), CASE WHEN bytes_total > 0
                   THEN 100.0 * bytes_processed / bytes_total END
  FROM pg_catalog.pg_stat_progress_copy WHERE pid = %(pid)s
"""
_COPY_IS_TOLD = 140000

# A look that takes longer would tell of a moment that is over.
_CONNECT_SECONDS = 3
_STATEMENT = "SET statement_timeout = '3s'"


class Watching(Part):
    """See world.Watching. Of the session itself nothing is used but its number."""

    def doing(self) -> Doing | None:
        try:
            # Behind a pooler the number is made up, and what is set beside it is not ours alone.
            if self._known_pooling is not Pooling.NONE or self._connection.closed:
                return None
            pid = self._connection.pgconn.backend_pid
            with _beside(self._url, self._target.name) as connection:
                return doing_of(connection, pid)
        except Exception:
            # Whatever is wrong with it is not wrong with the rollout.
            return None


def doing_of(connection: Connection, pid: int) -> Doing | None:
    """What the session with that process is doing; None if there is no such session."""
    row = connection.execute(_SESSION, (pid,)).fetchone()
    if row is None:
        return None
    wait, blocking = row
    blockers = []
    if blocking:
        blockers = connection.execute(_BLOCKERS, {"pids": blocking}).fetchall()
    copying = _COPYING if connection.info.server_version >= _COPY_IS_TOLD else ""
    text = f"{_PROGRESS}{copying}".encode()
    phase, percent = connection.execute(text, {"pid": pid}).fetchone() or ("", None)
    return Doing(
        wait=str(wait or ""),
        blockers=tuple(str(words) for (words,) in blockers),
        phase=str(phase),
        percent=None if percent is None else min(float(percent), 100.0),
    )


def _beside(url: ConnectionUrl, target: str) -> Connection:
    quick = replace(url, connect_timeout=min(url.connect_timeout or 3, _CONNECT_SECONDS))
    connection = connect(quick, application_name=f"migration-bot/{target}/watching")
    try:
        connection.execute(_STATEMENT)
    except BaseException:
        connection.close()
        raise
    return connection
