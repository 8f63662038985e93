"""What a rule may ask about the statement or the migration it is looking at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar, cast, runtime_checkable

from bot.core.effects import Effects
from bot.core.finding import Finding
from bot.core.migration import Migration
from bot.core.rewrite import Rewrite
from bot.core.rule import Hits, Rule
from bot.core.statement import Script, Statement
from bot.judge.catalogue import Catalogue
from bot.sql.actions import Action, RefreshView

A = TypeVar("A", bound=Action)


@dataclass(frozen=True)
class Settings:
    """The server's major version, and the Prisma that will apply; None for migration-bot itself."""

    postgres: int = 18
    prisma: str | None = None


@dataclass(frozen=True)
class Step:
    """A statement with its actions, and the number of the transaction that will carry it.

    `transaction` is None for a statement that runs outside any; `explicit` says that the file
    itself opened the transaction.
    """

    statement: Statement
    actions: tuple[Action, ...]
    transaction: int | None = 0
    explicit: bool = False

    @cached_property
    def _by_kind(self) -> Mapping[type[Action], tuple[Action, ...]]:
        found: dict[type[Action], list[Action]] = {}
        for action in self.actions:
            found.setdefault(type(action), []).append(action)
        return {kind: tuple(actions) for kind, actions in found.items()}

    def all(self, kind: type[A]) -> tuple[A, ...]:
        """The statement's actions of one kind."""
        return cast("tuple[A, ...]", self._by_kind.get(kind, ()))

    @cached_property
    def concurrent(self) -> bool:
        """Whether it says CONCURRENTLY where that rules out a transaction."""
        return any(
            getattr(each, "concurrently", False) and not isinstance(each, RefreshView)
            for each in self.actions
        )


@dataclass(frozen=True)
class MigrationContext:
    """A whole migration: its text, its steps, and the schema it begins with.

    `history` are the migrations before it, `later` those after it. `base` is the schema of the
    target branch, `start` the one this migration finds. `catalogue` is the live one: the schema
    right before the statement that is being looked at. What was born at `fresh_from` or later is
    new. `effects` and `findings` are those of the statements so far.
    """

    migration: Migration
    script: Script
    steps: tuple[Step, ...]
    settings: Settings
    history: Sequence[Migration]
    base: Catalogue
    start: Catalogue
    catalogue: Catalogue
    fresh_from: int
    effects: list[Effects] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    later: Sequence[Migration] = ()

    @property
    def baseline(self) -> bool:
        """Whether it describes a database that was there before, as Prisma's `0_init` does."""
        return not self.history and self.migration.name.startswith("0_")

    @cached_property
    def kinds(self) -> frozenset[type[Action]]:
        """The kinds of action that are in the file at all."""
        return frozenset(type(action) for step in self.steps for action in step.actions)

    def is_new(self, relation: str) -> bool:
        """Whether nobody uses a table, view or index yet: it was created in this migration or
        pull request, or it is temporary."""
        born = self.catalogue.born(relation)
        table = self.catalogue.tables.get(relation)
        temporary = table is not None and table.temporary
        return self.baseline or temporary or (born is not None and born >= self.fresh_from)

    def adds_column(self, table: str, column: str) -> bool:
        """Whether a column of a table that existed before was added in this pull request."""
        return table in self.base.tables and self.base.column(table, column) is None

    def all(self, kind: type[A]) -> Iterator[A]:
        """All actions of one kind, in order."""
        return (action for step in self.steps for action in step.all(kind))


@dataclass(frozen=True)
class Context:
    """One statement of a migration, as `step`; `file` is the migration."""

    file: MigrationContext
    position: int
    effects: Effects

    @property
    def step(self) -> Step:
        return self.file.steps[self.position]

    @property
    def settings(self) -> Settings:
        return self.file.settings

    @property
    def catalogue(self) -> Catalogue:
        """The schema right before the statement, valid while the rule runs."""
        return self.file.catalogue

    @property
    def earlier(self) -> Sequence[Step]:
        return self.file.steps[: self.position]

    @property
    def later(self) -> Sequence[Step]:
        return self.file.steps[self.position + 1 :]

    def all(self, kind: type[A]) -> tuple[A, ...]:
        return self.step.all(kind)

    def is_new(self, relation: str) -> bool:
        return self.file.is_new(relation)

    def same_transaction(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Those of the steps that commit together with this one."""
        mine = self.step.transaction
        return (each for each in steps if mine is not None and each.transaction == mine)


@runtime_checkable
class StatementRule(Rule, Protocol):
    """A rule about one statement."""

    def check(self, statement: Statement, context: Context) -> Hits: ...


@runtime_checkable
class Rewriting(Protocol):
    """What a rule about statements may have besides: what to write instead of one it found.

    None where no machine can say so.
    """

    def rewrite(self, statement: Statement, context: Context) -> Rewrite | None: ...


@runtime_checkable
class MigrationRule(Rule, Protocol):
    """A rule about a migration as a whole, asked once all its statements were looked at."""

    def check_migration(self, context: MigrationContext) -> Hits: ...


def shown(name: str) -> str:
    """A name as an author would write it: without the schema that everybody has."""
    return name.removeprefix("public.")
