"""What takes migrations back, tried on a throw-away server that has run the same history."""

import os
from collections.abc import Mapping

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.rehearsal.expected import Replay, open_place
from bot.adapters.postgres.rehearsal.proofs import Done, prove_downs
from bot.adapters.postgres.rehearsal.rehearse import let_in
from bot.adapters.postgres.rehearsal.work import Note
from bot.core.drift.drift import Expected
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.rollback_steps import Tried, untried
from bot.core.schemas.draft import Drafter
from bot.core.schemas.schema import Snapshot
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
    try:
        with open_place(order, given, environ, note) as place:
            return _tried(Replay(let_in(order, place), place, note), drafter, note)
    except (PostgresError, UsageError, BackupError) as error:
        return untried(error.message)


def _tried(replay: Replay, drafter: Drafter | None, note: Note) -> Tried:
    problem = replay.base()
    if problem:
        return untried(problem)
    left, before = replay.look(), _whole(replay)
    done: list[Done] = []
    for each in replay.order.new:
        problem = replay.run(each)
        if problem:
            return untried(problem)
        after = _whole(replay)
        done.append(Done(each, before, after))
        before = after
    there, server = replay.look(), replay.place.server
    note("trying to take it back, and up again")
    proved = prove_downs(done, replay.performer, lambda: _whole(replay), drafter=drafter)
    expected = Expected(there, left, major=server.major, imitated=server.shims)
    return Tried(expected, drafts=proved.drafts, proofs=proved.proofs)


def _whole(replay: Replay) -> Snapshot:
    """As the drafter and the proofs want it, with owners and rights."""
    with replay.place.admin() as connection:
        return snapshot(connection, privileges=True, links=True)
