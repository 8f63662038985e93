"""A shadow database: throw-away, filled by the history, and for somebody else to look at."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from bot.adapters.postgres.rehearsal.expected import Replay, open_place
from bot.adapters.postgres.rehearsal.rehearse import let_in
from bot.adapters.postgres.rehearsal.work import Note
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError


class Shadow:
    """One that has run an order's base, and runs what is to come on top."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    @property
    def url(self) -> ConnectionUrl:
        """How a program connects that looks at it, in the schema that the history ran in."""
        return replace(self._replay.place.author_url, schema=self._replay.order.schema)

    @property
    def major(self) -> int:
        return self._replay.place.server.major

    def run(self, new: NewMigration) -> str:
        """Empty, or why that could not be done."""
        return self._replay.run(new)


@contextmanager
def open_shadow(
    order: Order,
    *,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
) -> Iterator[Shadow]:
    """For the length of a block. `given` is the URL of a server to make it on. Raises
    PostgresError without a server, or where the history does not run."""
    with open_place(order, given, environ, note) as place:
        replay = Replay(let_in(order, place), place, note)
        problem = replay.base()
        if problem:
            raise PostgresError(
                f"There is no shadow database to compare the schema with: {problem}.",
                hint="Run `migration-bot rehearse --all` to see how far the history can be run; "
                "`create NAME --empty` needs none.",
            )
        yield Shadow(replay)
