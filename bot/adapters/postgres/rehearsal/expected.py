"""What a history makes: replayed on a throw-away server, and looked at before and after the end."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial

from psycopg import sql

from bot.adapters.postgres.catalogue import snapshot
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
from bot.core.rehearsals.rehearsal import Refusal
from bot.core.rehearsals.rehearsal_order import PUBLIC, NewMigration, Order
from bot.core.rollouts.drift import Expected, unknown
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
    opened: AbstractContextManager[Place]
    if given is not None:
        opened = open_given_place(given, order, note=note)
    else:
        opened = open_own_place(order, environ=environ, note=note)
    try:
        with opened as place:
            return History(let_in(order, place), place, note).expected()
    except (PostgresError, UsageError, BackupError) as error:
        return unknown(error.message)


class History:
    """A history that is run in a place, and looked at."""

    def __init__(self, order: Order, place: Place, note: Note) -> None:
        self.order = order
        self._place = place
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

    @property
    def major(self) -> int:
        return self._place.server.major

    def expected(self) -> Expected:
        refused = self.based()
        if refused:
            return unknown(refused)
        before = self.shape()
        for each in self.order.new:
            refused = self.run(each)
            if refused:
                return unknown(refused)
        return Expected(before, self.shape(), major=self.major)

    def based(self) -> str:
        """Run the base; why it stopped, "" if it did not."""
        order, place = self.order, self._place
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
        """Run one of what is new; why it stopped, "" if it did not."""
        stopped = self.performer.perform(new.parts)
        return "" if stopped is None else _words(new.name, stopped)

    def shape(self) -> Snapshot:
        """What can be compared with a target."""
        with self._place.admin() as connection:
            return shape_of(connection, None)

    def look(self) -> Snapshot:
        """Everything, with owners and rights."""
        with self._place.admin() as connection:
            return snapshot(connection, privileges=True)

    def _make_schema(self) -> None:
        name = sql.Identifier(self.order.schema)
        with self._place.author() as connection, explained("make the schema of the URL"):
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))


def _author(place: Place, schema: str) -> Connection:
    """One whose unqualified names are made where the target's URL has them made."""
    if schema == PUBLIC:
        return place.author()
    quoted = '"' + schema.replace('"', '""') + '"'
    url = pinned(place.author_url, {"search_path": quoted})
    return connect(url, application_name=APPLICATION)


def _words(name: str, refusal: Refusal) -> str:
    said = refusal.message.rstrip(".")
    return f"{name} could not be run on the throw-away server: {said}"
