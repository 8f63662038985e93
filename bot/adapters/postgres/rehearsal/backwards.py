"""What takes migrations back, tried on a throw-away server that has run the same history."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager

from bot.adapters.postgres.rehearsal.expected import History
from bot.adapters.postgres.rehearsal.places.given_place import open_given_place
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.proofs import Done, prove_downs
from bot.adapters.postgres.rehearsal.rehearse import let_in
from bot.adapters.postgres.rehearsal.work import Note
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.drift import Expected
from bot.core.rollouts.undoing import Tried, untried
from bot.core.schemas.draft import Drafter
from bot.errors import BackupError, PostgresError, UsageError


def tried_back(
    order: Order,
    *,
    drafter: Drafter | None,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
) -> Tried:
    """The order's new migrations, run on top of its base and taken back again, the newest first:
    by their down.sql, or by what the drafter makes of the schemas before and after. Never raises
    for what cannot be known: the answer says why. `given` is the URL of a server to try it on."""
    opened: AbstractContextManager[Place]
    if given is not None:
        opened = open_given_place(given, order, note=note)
    else:
        opened = open_own_place(order, environ=environ, note=note)
    try:
        with opened as place:
            return _tried(History(let_in(order, place), place, note), drafter, note)
    except (PostgresError, UsageError, BackupError) as error:
        return untried(error.message)


def _tried(history: History, drafter: Drafter | None, note: Note) -> Tried:
    refused = history.based()
    if refused:
        return untried(refused)
    left = history.shape()
    done: list[Done] = []
    before = history.look()
    for each in history.order.new:
        refused = history.run(each)
        if refused:
            return untried(refused)
        after = history.look()
        done.append(Done(each, before, after))
        before = after
    there = history.shape()
    note("trying to take it back, and up again")
    proved = prove_downs(done, history.performer, history.look, drafter=drafter)
    expected = Expected(there, left, major=history.major)
    return Tried(expected, drafts=proved.drafts, proofs=proved.proofs)
