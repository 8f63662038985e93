"""What an open target does about kept rows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.kept import listing
from bot.adapters.postgres.kept.giving.giving import giving_back
from bot.adapters.postgres.kept.looking import shelf_of, tables_of
from bot.adapters.postgres.kept.taking import Naming, prologue, taking
from bot.adapters.postgres.target.part import Part
from bot.core.kept.kept import GivenBack, Keep, Kept, Woven
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Shelf, TableToKeep


class Keeping(Part):
    """See world.Keeping."""

    def shelf(self) -> Shelf:
        with self._looking():
            return shelf_of(self._connection)

    def tables_to_keep(self, names: Collection[str]) -> Mapping[str, TableToKeep]:
        if not names:
            return {}
        with self._looking():
            return tables_of(self._connection, names)

    def shelving(self, shelf: Shelf) -> Sequence[str]:
        return tuple(prologue(shelf))

    def taking(
        self,
        keep: Keep,
        shelf: Shelf,
        policy: KeepPolicy,
        *,
        migration: str,
        record: str,
        number: int,
        above: int = 0,
    ) -> Woven:
        named = Naming(migration, record, number, above)
        return taking(keep, shelf, policy, named)

    def kept(self, records: Sequence[str] | None = None) -> tuple[Kept, ...]:
        with self._looking():
            return listing.listed(self._connection, self._schema, records)

    def giving_back(self, kept: Sequence[Kept]) -> Sequence[str]:
        return tuple(giving_back(kept))

    def given_back(self, records: Sequence[str]) -> GivenBack:
        with self._looking():
            return listing.given_back(self._connection, records)

    def prune_kept(self) -> tuple[Kept, ...]:
        with explained("delete kept rows that have had their time"):
            return listing.prune(self._connection, self._schema)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        with explained("look at what can be kept"), self._connection.transaction():
            self._connection.execute(
                f"SET LOCAL lock_timeout = {self._target.lock_timeout};"
                "SET LOCAL statement_timeout = '30s';"
                "SET TRANSACTION READ ONLY".encode()
            )
            yield
