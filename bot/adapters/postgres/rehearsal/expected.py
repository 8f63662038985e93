"""What a history makes: replayed on a throw-away server, and looked at before and after the end."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial

from psycopg import sql

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.performing import Performer
from bot.adapters.postgres.rehearsal.places.given_place import open_given_place
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import APPLICATION, Place, pinned
from bot.adapters.postgres.rehearsal.rehearse import let_in
from bot.adapters.postgres.rehearsal.replaying import replay
from bot.adapters.postgres.rehearsal.superuser import Superuser
from bot.adapters.postgres.rehearsal.work import Note
from bot.adapters.postgres.shape import shape_of
from bot.core.drift.drift import Expected, unknown
from bot.core.quoting import quoted
from bot.core.rehearsals.refusal import Refusal
from bot.core.rehearsals.rehearsal_order import PUBLIC, NewMigration, Order, Part
from bot.core.schemas.schema import Snapshot
from bot.errors import BackupError, PostgresError, UsageError


def expected(
    order: Order,
    *,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
) -> Expected:
    """What the order's base makes, and its new migrations on top. Never raises for what cannot be
    known: the answer says why. `given` is the URL of a server to find out on."""
    try:
        with open_place(order, given, environ, note) as place:
            return _expected(Replay(let_in(order, place), place, note))
    except (PostgresError, UsageError, BackupError) as error:
        return unknown(error.message)


def open_place(
    order: Order, given: str | None, environ: Mapping[str, str], note: Note
) -> AbstractContextManager[Place]:
    if given is not None:
        return open_given_place(given, order, note=note)
    return open_own_place(order, environ=environ, note=note)


def _expected(replay: "Replay") -> Expected:
    problem = replay.base()
    if problem:
        return unknown(problem)
    before = replay.look()
    for each in replay.order.new:
        problem = replay.run(each)
        if problem:
            return unknown(problem)
    server = replay.place.server
    return Expected(before, replay.look(), major=server.major, imitated=server.shims)


class Replay:
    """The base of an order, run in a place; then whatever else is to be run there."""

    def __init__(self, order: Order, place: Place, note: Note) -> None:
        self.order = order
        self.place = place
        self._note = note
        superuser = Superuser(place)
        self._guard = Guard(
            order.limits,
            terminate=superuser.terminate,
            disk_used=place.disk_used,
            kill=place.kill,
        )
        self._author = partial(_author, place, order.schema)
        self.performer = Performer(self._author, self._guard, superuser.create_extension)

    def base(self) -> str:
        """Run it; "" or why that could not be done."""
        order, place = self.order, self.place
        if order.schema != PUBLIC and place.cached == 0:
            self._make_schema()
        base = order.base[place.cached :]
        refused = replay(self._author, base, self.performer, self._guard, self._note)
        if refused is not None:
            return _words(refused.migration, refused.refusal)
        if base:
            place.keep()
        return ""

    def run(self, new: NewMigration) -> str:
        """Run one of what is new; "" or why that could not be done."""
        stopped = self.performer.perform(new.parts)
        return "" if stopped is None else _words(new.name, stopped)

    def perform(self, parts: Sequence[Part]) -> Refusal | None:
        return self.performer.perform(parts)

    def look(self, *, links: bool = True) -> Snapshot:
        """With what a draft wants to know of each object, if that is wanted."""
        with self.place.admin() as connection:
            return shape_of(connection, None, links=links)

    def _make_schema(self) -> None:
        name = sql.Identifier(self.order.schema)
        with self.place.author() as connection, explained("make the schema of the URL"):
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))


def _author(place: Place, schema: str) -> Connection:
    """One whose unqualified names are made where the target's URL has them made."""
    if schema == PUBLIC:
        return place.author()
    url = pinned(place.author_url, {"search_path": quoted(schema)})
    return connect(url, application_name=APPLICATION)


def _words(name: str, refusal: Refusal) -> str:
    said = refusal.message.rstrip(".")
    return f"{name} could not be run on the throw-away server: {said}"
