"""Pictures of the diagrams that pages have: `python -m docs.pictures.diagrams`.

They are SVG, so that they follow the reader's light, and the bot itself draws them. The schema is
what this repository's migrations make on a real server; times are made up.
"""

from pathlib import Path

import psycopg

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.server import start_server
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import (
    Measured,
    MeasuredLock,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.core.schemas.entities import entities
from bot.judge.judge import judge
from bot.report.diagrams.durations import Took, duration_chart
from bot.report.diagrams.entity_diagram import entity_diagram
from bot.report.diagrams.lock_timeline import lock_timeline
from bot.rules import RULES
from docs.pictures.states import change_that_adds

HERE = Path(__file__).parent
MIGRATIONS = HERE.parents[1] / "prisma" / "migrations"
# What a pull request might do to the schema that they make.
CHANGE = (
    "ALTER TYPE proof_status ADD VALUE 'superseded'",
    "ALTER TABLE proofs ADD COLUMN replaces_id uuid REFERENCES proofs (id)",
    "ALTER TABLE organisations DROP COLUMN description",
    "ALTER TABLE wallets ADD COLUMN nickname text",
    "CREATE TABLE webhooks (id uuid PRIMARY KEY, url text NOT NULL UNIQUE,"
    " organisation_id uuid NOT NULL REFERENCES organisations (id), secret text NOT NULL)",
    "DROP TABLE batch_items",
)
_NAME = "20261120120000_proofs_refer_to_what_they_replace"
_SQL = """
CREATE TABLE "webhooks" ("id" UUID NOT NULL PRIMARY KEY, "url" TEXT NOT NULL);

ALTER TABLE "proofs" ADD COLUMN "replaces_id" UUID REFERENCES "proofs" ("id");

UPDATE "proofs" SET "note" = '' WHERE "note" IS NULL;

CREATE INDEX "assets_symbol_idx" ON "assets" ("symbol");

ALTER TABLE "wallets" ALTER COLUMN "label" SET DEFAULT '';
"""
_SLOW = "20261119120000_index_proofs"


def main() -> None:
    with start_server() as server:
        pictures = {**drawn(), **drawn_schemas(server.url())}
    for name, picture in pictures.items():
        (HERE / f"{name}.svg").write_text(picture, encoding="utf-8")


def drawn() -> dict[str, str]:
    """By name, those that no server is needed for."""
    return {
        "lock-timeline": _locks(),
        "durations": duration_chart(_runs()),
    }


def drawn_schemas(url: str) -> dict[str, str]:
    """The platform's schema, and what a change makes of it, given an empty database."""
    with psycopg.connect(url, autocommit=True) as connection:
        for path in sorted(MIGRATIONS.glob("*/migration.sql")):
            connection.execute(path.read_bytes())
        before = snapshot(connection, schemas=["public"])
        for statement in CHANGE:
            connection.execute(statement.encode())
        after = snapshot(connection, schemas=["public"])
    return {
        "schema": entity_diagram(entities(before, before), title="The platform's schema"),
        "schema-change": entity_diagram(entities(before, after), title="What a change touches"),
    }


def _locks() -> str:
    """As measured on a few gigabytes."""
    statements = judge(change_that_adds({_NAME: _SQL}), RULES).migrations[-1].statements
    exclusive, share = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE
    rehearsed = RehearsedMigration(
        _NAME,
        (
            _ran(0, 4.0, MeasuredLock("public.webhooks", exclusive, new=True)),
            _ran(1, 12.0, MeasuredLock("public.proofs", exclusive, held_ms=431.0)),
            _ran(2, 312.0),
            _ran(3, 96.0, MeasuredLock("public.assets", share, held_ms=107.0)),
            _ran(4, 1.2, MeasuredLock("public.wallets", exclusive, held_ms=1.2)),
        ),
    )
    return lock_timeline(rehearsed, statements)


def _ran(index: int, duration_ms: float, *locks: MeasuredLock) -> RehearsedStatement:
    return RehearsedStatement(index, Measured(duration_ms, locks=locks))


def _runs() -> tuple[Took, ...]:
    return (
        Took("20261120120000_replace_proofs", 95_000, (70_000, 200_000), "production"),
        Took("20261120120000_replace_proofs", 4_100, (3_000, 9_000), "staging"),
        Took(_SLOW, 41_000, (9_000, 26_000), "production"),
        Took(_SLOW, 2_600, (2_000, 5_000), "staging"),
        Took("20261112090000_add_webhooks", 12, (8, 8), "production"),
        Took("20261105090000_drop_batch_items", 3, (8, 12), "production"),
    )


if __name__ == "__main__":
    main()
