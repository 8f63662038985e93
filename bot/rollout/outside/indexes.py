"""Indexes built, dropped and rebuilt while the application goes on: CONCURRENTLY."""

import re
from dataclasses import dataclass

from bot.core.findings.found import FoundIndex
from bot.core.migrations.statement import Statement
from bot.errors import HistoryError, PostgresError
from bot.rollout.outside.outside import State, named, relation_as_written
from bot.sql.expressions import strings_of
from bot.sql.indexes import same_index
from bot.world import Database

# What REINDEX CONCURRENTLY calls the copy it makes, and the one it is about to drop.
_COPY = re.compile(r"_cc(new|old)\d*$")


@dataclass(frozen=True)
class BuildIndex:
    """CREATE INDEX CONCURRENTLY. Only the catalogue says whether it was done: with IF NOT EXISTS
    PostgreSQL is content with an index of that name that it never uses."""

    statement: Statement
    settings: tuple[str, ...] = ()
    repeatable = False

    @property
    def name(self) -> str:
        """ "" if the server is to choose it."""
        return str(self.statement.tree.get("idxname", ""))

    def there(self, database: Database) -> tuple[str, ...]:
        found = self._of_table(database)
        namesake = next((each for each in found if each.bare == self.name), None)
        if namesake is not None:
            self._require_welcome(namesake)
        return tuple(each.name for each in found)

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        for index in self._of_table(database):
            if index.name in there:
                if index.bare == self.name:
                    return State.DONE
            elif self._is_it(index):
                if index.builder:
                    raise _being_built(index)
                return State.DONE if index.valid else State.HALF
        return State.UNTOUCHED

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        for index in self._of_table(database):
            if index.name not in there and self._is_it(index) and not index.valid:
                drop(database, index.name, self.settings)

    def half_built(self, database: Database, there: tuple[str, ...]) -> FoundIndex | None:
        """What a build of ours left that failed."""
        found = self._of_table(database)
        new = (each for each in found if each.name not in there and self._is_it(each))
        return next((each for each in new if not each.valid), None)

    def _of_table(self, database: Database) -> tuple[FoundIndex, ...]:
        return database.indexes_on(relation_as_written(self.statement), self.settings)

    def _is_it(self, index: FoundIndex) -> bool:
        alike = same_index(self.statement, index.definition)
        if index.bare == self.name and not alike:
            raise _another(index)
        return alike and self.name in ("", index.bare)

    def _require_welcome(self, index: FoundIndex) -> None:
        """One that the statement would be content with, and that is good for something."""
        if not index.valid:
            raise PostgresError(
                f"The index {index.name} is there already, and PostgreSQL does not use it: "
                "somebody's build of it failed, or goes on.",
                hint=f"If nobody is building it, drop it: DROP INDEX CONCURRENTLY {index.name}; "
                "then run this again.",
                sqlstate="42P07",
            )
        if not self.statement.tree.get("if_not_exists"):
            raise PostgresError(
                f"The index {index.name} is there already, and was not made by this migration.",
                hint="If it is the one that is wanted, write IF NOT EXISTS; else drop it, or "
                "choose another name.",
                sqlstate="42P07",
            )


@dataclass(frozen=True)
class DropIndex:
    """DROP INDEX CONCURRENTLY. Broken off, it leaves an index that is not used: dropped again."""

    statement: Statement
    settings: tuple[str, ...] = ()
    repeatable = False

    def there(self, database: Database) -> tuple[str, ...]:
        found = self._found(database)
        if found is None and not self.statement.tree.get("missing_ok"):
            raise PostgresError(
                f"There is no index {self._name}.",
                hint="Check the spelling and the schema, or write IF EXISTS.",
                sqlstate="42704",
            )
        # What nobody uses already is often what it is dropped for.
        return () if found is None or found.valid else (found.name,)

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        found = self._found(database)
        if found is None:
            return State.DONE
        return State.UNTOUCHED if found.valid or found.name in there else State.HALF

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        """It is simply run again."""

    @property
    def _name(self) -> str:
        (listed,) = self.statement.tree["objects"]
        return named(*strings_of(listed["List"]["items"])[-2:])

    def _found(self, database: Database) -> FoundIndex | None:
        return database.index(self._name, self.settings)


@dataclass(frozen=True)
class RebuildIndexes:
    """REINDEX CONCURRENTLY. Broken off, it leaves a copy of the index that is not used."""

    settings: tuple[str, ...] = ()
    repeatable = True

    def there(self, database: Database) -> tuple[str, ...]:
        return tuple(sorted(database.invalid_indexes()))

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        return State.HALF if self._copies(database, there) else State.UNTOUCHED

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        for name in self._copies(database, there):
            drop(database, name, self.settings)

    def _copies(self, database: Database, there: tuple[str, ...]) -> list[str]:
        new = sorted(database.invalid_indexes() - set(there))
        found = [database.index(name, ()) for name in new if _COPY.search(name.strip('"'))]
        return [each.name for each in found if each is not None and not each.builder]


def drop(database: Database, name: str, settings: tuple[str, ...]) -> None:
    database.alone(f"DROP INDEX CONCURRENTLY {name}", settings=settings, heard=lambda *_: None)


def _being_built(index: FoundIndex) -> PostgresError:
    return PostgresError(
        f"The index {index.name} is being built right now, by process {index.builder}.",
        hint="Let it end, then run this again; pg_stat_progress_create_index shows how far it is.",
        sqlstate="55006",
    )


def _another(index: FoundIndex) -> HistoryError:
    return HistoryError(
        f"The index {index.name} is not the one of this migration: it is {index.definition}.",
        hint="Somebody made it while the migration was under way. Drop or rename it, then run "
        "this again.",
    )
