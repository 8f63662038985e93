"""What a target is asked between the batches of a change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bot.adapters.postgres.batches import choose, expected_rows, key_of
from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.batching import Chosen, DataChange, Key
from bot.core.replication import Replication, Standby

# A base backup has no place that it has replayed, and a standby that catches up has one.
_REPLICATION = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
       coalesce(json_agg(json_build_array(
           coalesce(nullif(application_name, ''), 'process ' || pid),
           pg_wal_lsn_diff(replay_lsn, '0/0')::bigint,
           extract(epoch FROM replay_lag)::float8)) FILTER (WHERE replay_lsn IS NOT NULL), '[]'),
       count(*) FILTER (WHERE state IS NULL)
  FROM pg_stat_replication
"""

_NOT_TOLD = (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege)


class Batching(Part):
    """See world.Batching."""

    def key_of(self, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
        return key_of(self._connection, change, wanted)

    def choose(
        self, change: DataChange, key: Key, after: Sequence[str] | None, size: int
    ) -> Chosen | None:
        with self._limited():
            return choose(self._connection, change, key, after, size)

    def expected_rows(self, change: DataChange) -> int:
        with self._limited():
            return expected_rows(self._connection, change)

    def replication(self) -> Replication:
        """A server that keeps its WAL to itself, as some providers' do, has what cannot be seen."""
        with explained("look at the standbys"):
            try:
                row = self._connection.execute(_REPLICATION).fetchone()
            except _NOT_TOLD:
                return Replication(0, unseen=1)
        assert row is not None
        written, standbys, unseen = row
        return Replication(written, tuple(Standby(*each) for each in standbys), unseen)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        target = self._target
        with explained("look at the rows"), self._connection.transaction():
            self._connection.execute(
                f"SET LOCAL lock_timeout = {target.lock_timeout};"
                f"SET LOCAL statement_timeout = {target.statement_timeout};"
                "SET TRANSACTION READ ONLY".encode()
            )
            yield
