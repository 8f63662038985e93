"""The effects of one statement while they are being gathered."""

from collections.abc import Iterable, Iterator

from bot.core.effects import Effects, Lock, LockMode
from bot.judge.catalogue import Catalogue

_INTERNAL = ("pg_catalog.", "information_schema.")


class Collector:
    """Gathers locks, rewrites, scans and losses; `fresh_from` is the age at which a table is new.

    `catalogue` is the schema before the statement. Of several locks on a relation the strongest
    counts. What the statement itself creates is left out: nobody can know it yet.
    """

    def __init__(self, catalogue: Catalogue, *, postgres: int, fresh_from: int) -> None:
        self.catalogue = catalogue
        self.postgres = postgres
        self.transactional = True
        self.understood = True
        self._fresh_from = fresh_from
        self._locks: dict[str, LockMode] = {}
        self._rewrites: dict[str, None] = {}
        self._scans: dict[str, None] = {}
        self._loses: dict[str, None] = {}

    def lock(self, relation: str | None, mode: LockMode) -> None:
        if relation and not relation.startswith(_INTERNAL):
            self._locks[relation] = max(mode, self._locks.get(relation, mode))

    def lock_tree(self, table: str, mode: LockMode) -> None:
        """A table and all its partitions."""
        for name in (table, *self.catalogue.partitions_of(table)):
            self.lock(name, mode)

    def rewrite(self, table: str) -> None:
        self._rewrites.update(dict.fromkeys(self._stored(table)))

    def scan(self, table: str) -> None:
        self._scans.update(dict.fromkeys(self._stored(table)))

    def lose(self, name: str) -> None:
        self._loses[name] = None

    def _stored(self, table: str) -> tuple[str, ...]:
        """Where a table's rows are: a partitioned one has none of its own."""
        partitions = self.catalogue.partitions_of(table)
        found = self.catalogue.tables.get(table)
        if found is None or not found.partitioned:
            return (table,)
        return tuple(each for each in partitions if not self.catalogue.tables[each].partitioned)

    def sequences_in(self, strings: Iterable[str]) -> Iterator[str]:
        """The known sequences that string constants name, as in nextval('…')."""
        for text in strings:
            name = text.replace('"', "")
            qualified = name if "." in name else f"public.{name}"
            if qualified in self.catalogue.sequences:
                yield qualified

    def new(self, relation: str) -> bool:
        born = self.catalogue.born(relation)
        return born is not None and born >= self._fresh_from

    def effects(self) -> Effects:
        locks = (Lock(name, mode, self.new(name)) for name, mode in self._locks.items())
        return Effects(
            transactional=self.transactional,
            locks=tuple(sorted(locks)),
            rewrites=tuple(sorted(self._rewrites)),
            scans=tuple(sorted(each for each in self._scans if each not in self._rewrites)),
            loses=tuple(sorted(self._loses)),
            understood=self.understood,
        )
