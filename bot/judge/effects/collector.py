"""The effects of one statement while they are being gathered."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.judge.catalogue.catalogue import Catalogue
from bot.sql import actions as act
from bot.sql.names import is_internal


class Collector:
    """Gathers locks, rewrites, scans and losses; `fresh_from` is the age at which a table is new.

    `catalogue` is the schema before the statement, `actions` all that the statement does. Of
    several locks on a relation the strongest counts. What the statement itself creates is left
    out: nobody can know it yet.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        actions: Sequence[act.Action] = (),
        *,
        postgres: int,
        fresh_from: int,
    ) -> None:
        self.catalogue = catalogue
        self.actions = actions
        self.postgres = postgres
        self.transactional = True
        self.understood = True
        self.conditional = False
        self.fresh_from = fresh_from
        self._locks: dict[str, LockMode] = {}
        self._if_rows: dict[str, LockMode] = {}
        self._rewrites: dict[str, None] = {}
        self._scans: dict[str, None] = {}
        self._spared: dict[str, None] = {}
        self._rebuilds: dict[str, None] = {}
        self._loses: dict[str, None] = {}
        self._misses: dict[str, None] = {}

    def knows(self, relation: str) -> bool:
        return self.catalogue.born(relation) is not None

    def absent(self, relation: str, *, if_exists: bool) -> bool:
        """Whether a command with IF EXISTS finds nothing to do."""
        return if_exists and not self.knows(relation)

    def lock(self, relation: str | None, mode: LockMode) -> None:
        if not relation:
            return
        if is_internal(relation) and not self.knows(relation):
            return
        self._locks[relation] = max(mode, self._locks.get(relation, mode))

    def lock_if_rows(self, relation: str | None, mode: LockMode) -> None:
        """A table and its partitions, if there are rows to change; see `Effects`."""
        for name in (relation, *self.catalogue.partitions_of(relation)) if relation else ():
            if name:
                self._if_rows[name] = max(mode, self._if_rows.get(name, mode))

    def lock_tree(self, table: str | None, mode: LockMode) -> None:
        """A table and all its partitions or heirs."""
        for name in (table, *(self.catalogue.below(table) if table else ())):
            self.lock(name, mode)

    def lock_partitions(self, table: str | None, mode: LockMode) -> None:
        """A table and its partitions: foreign keys and indexes do not reach heirs."""
        for name in (table, *(self.catalogue.partitions_of(table) if table else ())):
            self.lock(name, mode)

    def read(self, relation: str, mode: LockMode = LockMode.ACCESS_SHARE) -> None:
        """What a query that runs locks: through views, and down to partitions and heirs."""
        self.lock_tree(relation, mode)
        for source in self.catalogue.sources_of(relation):
            self.lock_tree(source, mode)

    def rewrite(self, table: str, *, only: bool = False) -> None:
        for name in self.stored(table, only=only):
            self._rewrites[name] = None
            self._rebuilds.update((each.name, None) for each in self.catalogue.indexes_of(name))

    def scan(self, table: str, *, only: bool = False) -> None:
        self._scans.update(dict.fromkeys(self.stored(table, only=only)))

    def spare(self, table: str) -> None:
        """That it is read may not be needed; see `Effects`."""
        self._spared[table] = None

    def rebuild(self, index: str) -> None:
        self._rebuilds[index] = None

    def lose(self, name: str) -> None:
        self._loses[name] = None

    def miss(self, name: str) -> None:
        self._misses[name] = None

    def still_there(self, name: str) -> None:
        """Its name stays, because the statement makes another of that name."""
        self._misses.pop(name, None)

    def stored(self, table: str, *, only: bool = False) -> tuple[str, ...]:
        """Where a table's rows are: a partitioned one has none of its own."""
        found = self.catalogue.tables.get(table)
        if found is None or only:
            return (table,)
        if not found.partitioned:
            return (table, *self.catalogue.heirs_of(table))
        partitions = self.catalogue.partitions_of(table)
        return tuple(each for each in partitions if not self.catalogue.tables[each].partitioned)

    def sequences_in(self, strings: Iterable[str]) -> Iterator[str]:
        """The known sequences that string constants name, as in nextval('…'), or whose column
        they name, as in pg_get_serial_sequence('table', 'column')."""
        found = list(strings)
        for name in map(_qualified, found):
            if name in self.catalogue.sequences:
                yield name
        for table, column in pairwise(found):
            owned = self.catalogue.owned_sequences(_qualified(table), column)
            yield from (each.name for each in owned)

    def new(self, relation: str) -> bool:
        born = self.catalogue.born(relation)
        return born is not None and born >= self.fresh_from

    def forget(self, named: Iterable[str], before: Catalogue) -> None:
        """Leave out what the statement made itself, and go back to the catalogue before it."""
        now, self.catalogue = self.catalogue, before
        made = {name for name in (*named, *_relations(now)) if not _is_in(name, before)}
        for values in (
            self._locks, self._if_rows, self._rewrites, self._scans, self._spared, self._rebuilds,
        ):  # fmt: skip
            for name in made & values.keys():
                values.pop(name)
        for names in (self._loses, self._misses):
            for name in list(names):
                if name in made or name.rpartition(".")[0] in made:
                    names.pop(name)

    def effects(self) -> Effects:
        locks = (Lock(name, mode, self.new(name)) for name, mode in self._locks.items())
        if_rows = (
            Lock(name, mode, self.new(name))
            for name, mode in self._if_rows.items()
            if mode > self._locks.get(name, 0)
        )
        scans = tuple(sorted(each for each in self._scans if each not in self._rewrites))
        return Effects(
            transactional=self.transactional,
            locks=tuple(sorted(locks)),
            rewrites=tuple(sorted(self._rewrites)),
            scans=scans,
            loses=tuple(sorted(self._loses)),
            understood=self.understood,
            rebuilds=tuple(sorted(self._rebuilds)),
            misses=tuple(sorted(self._misses)),
            conditional=self.conditional,
            if_rows=tuple(sorted(if_rows)),
            spared=tuple(each for each in scans if each in self._spared),
        )


def _relations(catalogue: Catalogue) -> Iterator[str]:
    yield from catalogue.tables
    yield from catalogue.views
    yield from catalogue.sequences
    yield from catalogue.indexes


def _is_in(name: str, catalogue: Catalogue) -> bool:
    return catalogue.born(name) is not None or name in catalogue.indexes


def _qualified(text: str) -> str:
    name = text.replace('"', "")
    return name if "." in name else f"public.{name}"
