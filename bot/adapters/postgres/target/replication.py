"""What follows a target's server, and how far it is."""

import psycopg

from bot.adapters.postgres.connection import Connection, explained
from bot.core.rollouts.replication import Replication, Slot, Standby

# A base backup has no place that it has replayed, and a standby that catches up has one. A slot is
# there whether somebody is connected or not.
_REPLICATION = """
SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
       coalesce(json_agg(json_build_array(
           coalesce(nullif(application_name, ''), 'process ' || pid),
           pg_wal_lsn_diff(replay_lsn, '0/0')::bigint,
           extract(epoch FROM replay_lag)::float8)) FILTER (WHERE replay_lsn IS NOT NULL), '[]'),
       (SELECT coalesce(json_agg(json_build_array(
           slot_name,
           pg_wal_lsn_diff(coalesce(confirmed_flush_lsn, restart_lsn), '0/0')::bigint)), '[]')
          FROM pg_replication_slots
         WHERE restart_lsn IS NOT NULL AND NOT temporary),
       count(*) FILTER (WHERE state IS NULL)
  FROM pg_stat_replication
"""
_NOT_TOLD = (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege)


def read_replication(connection: Connection) -> Replication:
    """A server that keeps its WAL to itself, as some providers' do, has what cannot be seen."""
    with explained("see how far its standbys are"):
        try:
            row = connection.execute(_REPLICATION).fetchone()
        except _NOT_TOLD:
            return Replication(0, unseen=1)
    assert row is not None
    written, standbys, slots, unseen = row
    return Replication(
        written,
        tuple(Standby(*each) for each in standbys),
        tuple(Slot(*each) for each in slots),
        unseen,
    )
