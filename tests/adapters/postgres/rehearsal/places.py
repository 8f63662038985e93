"""Orders and histories that the tests of places share."""

from dataclasses import replace
from pathlib import Path

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.core.rehearsals.rehearsal_order import BaseMigration, Order

ORDER = Order(base=(), new=(), postgres=18)
HISTORY = tuple(
    BaseMigration(f"2026010100000{number}_t", f"CREATE TABLE t{number} (a int)", f"{number:064}")
    for number in range(4)
)


def order(migrations: int, **changes: object) -> Order:
    return replace(ORDER, base=HISTORY[:migrations], **changes)  # type: ignore[arg-type]


def replayed(place: Place, asked: Order) -> None:
    """What is not in the place yet, in it."""
    with place.author() as connection:
        for migration in asked.base[place.cached :]:
            connection.execute(migration.sql.encode())


def rehearsed(asked: Order, cache: Path | None) -> tuple[int, set[str]]:
    """How many migrations came out of a template, and the tables that there are in the end."""
    with open_own_place(asked, templates=Templates(cache)) as place:
        replayed(place, asked)
        place.keep()
        with place.author() as connection:
            return place.cached, tables(connection)


def tables(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT relname FROM pg_class WHERE relname ~ '^t[0-9]$'")
    return {name for (name,) in rows}


def one(connection: Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
