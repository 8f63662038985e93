"""Schemas that nobody thought of: each of their tables gets rows that its constraints allow."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.postgres.rehearsal.rows.fill import fill
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.rehearsal_order import DataOrder
from tests.adapters.postgres.rehearsal.bases import Base, Unwatched, new_base
from tests.conftest import RunningServer

KEYS = ("int", "bigint", "uuid", "text", "serial", "int GENERATED ALWAYS AS IDENTITY")
TYPES = (
    *("int", "smallint", "numeric(8,2)", "float8", "bool", "text", "varchar(5)", "char(3)", "date"),
    *("timestamptz(3)", "jsonb", "text[]", "uuid", "inet", "bytea", "int4range", "mood", "mail"),
)
CHECKS = ("CHECK ({} IS NOT NULL OR true)", "CHECK (length({}::text) < 200)")


@st.composite
def tables(draw: st.DrawFn) -> list[str]:
    """Each may point to itself and to those before it, and the first to the last."""
    made: list[str] = []
    keys: list[str] = []
    for place in range(draw(st.integers(1, 5))):
        keys.append(draw(st.sampled_from(KEYS)))
        parts = [f"id {keys[-1]} PRIMARY KEY"]
        for number in range(draw(st.integers(0, 6))):
            parts.append(draw(columns(f"c{number}")))
        for number in range(draw(st.integers(0, 3))):
            parent = draw(st.integers(0, place))
            kind = {"serial": "int"}.get(keys[parent], keys[parent].split()[0])
            null = draw(st.sampled_from(["", "NOT NULL", "NOT NULL UNIQUE", "UNIQUE"]))
            # Each its own parent is all that two such keys leave.
            null = null.removesuffix("UNIQUE") if parent == place else null
            parts.append(f"r{number} {kind} {null} REFERENCES t{parent}")
        made.append(f"CREATE TABLE t{place} ({', '.join(parts)})")
        if draw(st.booleans()) and len(parts) > 2:
            names = sorted({parts[1].split()[0], parts[-1].split()[0]})
            made.append(f"CREATE UNIQUE INDEX ON t{place} ({', '.join(names)})")
    return made


@st.composite
def columns(draw: st.DrawFn, name: str) -> str:
    null = draw(st.sampled_from(["", "NOT NULL"]))
    check = draw(st.sampled_from(["", *CHECKS])).format(name)
    return f"{name} {draw(st.sampled_from(TYPES))} {null} {check}"


@contextmanager
def fresh(server: RunningServer) -> Iterator[Base]:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    try:
        with new_base(server.url(), server.url(name)) as base:
            yield base
    finally:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(script=tables())
def test_any_schema_gets_rows(server: RunningServer, script: list[str]) -> None:
    with fresh(server) as base:
        base.run(
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE DOMAIN mail AS text CHECK (VALUE ~ '^[^@]+@[^@]+$')",
            *script,
        )
        data, sizes = fill(
            base, DataOrder(DataKind.SYNTHETIC, budget=200_000), Unwatched(), base.note
        )

    assert data.skipped == ()
    assert [each.relation for each in sizes if not each.rows] == []
