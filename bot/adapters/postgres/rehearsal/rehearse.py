"""The door of this room: an order in, a rehearsal out, in a place of its own."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from bot.adapters.postgres.rehearsal.places.extensions import Standing, standings
from bot.adapters.postgres.rehearsal.places.given_place import open_given_place
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.restoring import open_dump
from bot.adapters.postgres.rehearsal.work import Note, Work
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Order, Part
from bot.core.schemas.draft import Drafter


def rehearse(
    order: Order,
    *,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
    drafter: Drafter | None = None,
) -> Rehearsal:
    """Run what is new on top of the base. `given` is the URL of a server to do it on. `drafter`
    makes what takes a migration back that has no down.sql.

    Raises PostgresError or UsageError if there is no server, BackupError if the backup to start
    from cannot be used; whatever the migrations do is told.
    """
    backup = order.data.backup
    dump = None if backup is None else open_dump(backup, environ, note)
    placed = order if dump is None else dump.placed(order)

    def opened() -> AbstractContextManager[Place]:
        if given is not None:
            return open_given_place(given, placed, note=note)
        return open_own_place(placed, environ=environ, note=note)

    with opened() as place:
        return Work(let_in(order, place), place, opened, note, dump, drafter).done()


def let_in(order: Order, place: Place) -> Order:
    """The order with the steps marked that the superuser does: extensions that are let in."""
    if not order.extensions:
        return order
    with place.admin() as admin:
        found = standings(admin, order.extensions, shims=place.server.shims)
    may = {each.name for each in found if each.standing is Standing.LET_IN}
    return replace(
        order,
        base=tuple(replace(each, parts=_marked(each.parts, may)) for each in order.base),
        new=tuple(replace(each, parts=_marked(each.parts, may)) for each in order.new),
    )


def _marked(parts: Sequence[Part], let_in: Collection[str]) -> tuple[Part, ...]:
    return tuple(
        replace(
            part,
            steps=tuple(
                each if each.extension in let_in else replace(each, extension="")
                for each in part.steps
            ),
        )
        for part in parts
    )
