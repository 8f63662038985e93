"""The audit rows of a target, in a schema that is neither Prisma's nor any migration's."""

import json
from typing import Any

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.rollouts.audit import AUDIT_SCHEMA, Sealed, Signature

_TABLE = f"{AUDIT_SCHEMA}.audit"

# `IF NOT EXISTS` asks for the right to make it also where it is there.
_MISSING = f"""
SELECT pg_catalog.to_regnamespace('{AUDIT_SCHEMA}') IS NULL,
       pg_catalog.to_regclass('{_TABLE}') IS NULL
"""
_CREATE_SCHEMA = f"CREATE SCHEMA IF NOT EXISTS {AUDIT_SCHEMA}"
_CREATE_TABLE = f"""
CREATE TABLE IF NOT EXISTS {_TABLE} (
    id pg_catalog.uuid PRIMARY KEY,
    at pg_catalog.timestamptz NOT NULL,
    run pg_catalog.text NOT NULL,
    record pg_catalog.jsonb NOT NULL,
    signature pg_catalog.jsonb
)
"""
_INSERT = f"""
INSERT INTO {_TABLE} (id, at, run, record, signature)
VALUES (%s::pg_catalog.uuid, %s::pg_catalog.timestamptz, %s, %s::pg_catalog.jsonb,
        %s::pg_catalog.jsonb)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608
_NEWEST = f"""
SELECT record::pg_catalog.text, signature::pg_catalog.text FROM {_TABLE}
 ORDER BY at DESC, id LIMIT %s
"""  # noqa: S608
# A table of the same name that somebody holds must not hold up the end of a rollout.
_PATIENCE = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'"


class Auditing(Part):
    """See world.Auditing."""

    def keep_record(self, sealed: Sealed) -> None:
        record, signature = sealed.record, sealed.signature
        values = (
            record["id"],
            record["at"],
            record["trigger"]["run"],
            json.dumps(record, ensure_ascii=False),
            json.dumps(vars(signature)) if signature else None,
        )
        with explained("write down what was done"), self._connection.transaction():
            self._connection.execute(_PATIENCE)
            no_schema, no_table = self._missing()
            if no_schema:
                self._connection.execute(_CREATE_SCHEMA)
            if no_table:
                self._connection.execute(_CREATE_TABLE)
            self._connection.execute(_INSERT.encode(), values)

    def records(self, most: int) -> tuple[Sealed, ...]:
        with explained("read what was written down"), self._connection.transaction():
            if any(self._missing()):
                return ()
            found = self._connection.execute(_NEWEST.encode(), (most,)).fetchall()
        return tuple(Sealed(json.loads(record), _signature(text)) for record, text in found)

    def _missing(self) -> tuple[bool, bool]:
        row = self._connection.execute(_MISSING.encode()).fetchone()
        assert row is not None
        return bool(row[0]), bool(row[1])


def _signature(text: str | None) -> Signature | None:
    if text is None:
        return None
    known: dict[str, Any] = json.loads(text)
    return Signature(str(known["key"]), str(known["value"]), str(known["algorithm"]))
