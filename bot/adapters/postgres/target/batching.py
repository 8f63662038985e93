"""What a target is asked between the batches of a change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.adapters.postgres.batches import choose, expected_rows, key_of
from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.rollouts.batching import Chosen, DataChange, Key


class Batching(Part):
    """See world.Batching."""

    def key_of(self, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
        return key_of(self._connection, change, wanted)

    def choose(
        self, change: DataChange, key: Key, after: Sequence[str] | None, size: int
    ) -> Chosen | None:
        with self._limited():
            return choose(self._connection, change, key, after, size)

    def expected_rows(self, change: DataChange) -> int:
        with self._limited():
            return expected_rows(self._connection, change)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        target = self._target
        with explained("look at the rows"), self._connection.transaction():
            self._connection.execute(
                f"SET LOCAL lock_timeout = {target.lock_timeout};"
                f"SET LOCAL statement_timeout = {target.statement_timeout};"
                "SET TRANSACTION READ ONLY".encode()
            )
            yield
