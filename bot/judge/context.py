"""What a rule may ask about the statement or the migration it is looking at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Finding
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits, Rule
from bot.core.migrations.caveat import Caveat
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.history import Change
from bot.core.migrations.migration import Migration
from bot.core.migrations.project import Project
from bot.core.migrations.statement import Script, Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.timeline import Step, Stretch, Timeline
from bot.sql.actions import Action, AddColumn

A = TypeVar("A", bound=Action)
R = TypeVar("R")


class Tally(Protocol):
    """What earlier statements add up to; each of them is added once, in order."""

    def add(self, step: Step, effects: Effects, context: "Context") -> None: ...


T = TypeVar("T", bound=Tally)
Options = TypeVar("Options")


@dataclass(frozen=True)
class Settings:
    """The server's major version, and the Prisma that will apply; None for migration-bot itself.

    `configured` are options by their type, `exclusions` by rule. `today` is the day of the check in
    UTC. `project` is what lies beside the migrations, if that was looked at.
    """

    postgres: int = 18
    prisma: str | None = None
    configured: Mapping[type[Any], Any] = field(default_factory=dict)
    exclusions: Mapping[str, Exclusion] = field(default_factory=dict)
    today: date = date.min
    project: Project | None = None

    def options(self, kind: type[Options]) -> Options:
        """A rule's options as they were configured, or their defaults."""
        return cast("Options", self.configured.get(kind)) or kind()


@dataclass(frozen=True)
class MigrationContext:
    """A whole migration: its text, its steps, and the schema it begins with.

    `history` are the migrations before it, `later` those after it. `base` is the schema of the
    target branch, `start` the one this migration finds. `catalogue` is the live one: the schema
    right before the statement that is being looked at. What was born at `fresh_from` or later is
    new. `effects`, `caveats` and `findings` are those of the statements so far.
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
    caveats: list[tuple[Caveat, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    later: Sequence[Migration] = ()
    _answers: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def timeline(self) -> Timeline:
        return Timeline(self.steps)

    def once(self, question: Callable[["MigrationContext"], R]) -> R:
        """The answer to a question about the whole file, worked out the first time it is asked."""
        if question not in self._answers:
            self._answers[question] = question(self)
        answer: R = self._answers[question]
        return answer

    @property
    def baseline(self) -> bool:
        """Whether it describes a database that was there before, as Prisma's `0_init` does."""
        return not self.history and self.migration.name.startswith("0_")

    @property
    def kinds(self) -> frozenset[type[Action]]:
        """The kinds of action that are in the file at all."""
        return self.timeline.kinds

    @cached_property
    def everything(self) -> Stretch:
        """All its steps, to be asked by kind and name."""
        return self.timeline.stretch(0, len(self.steps))

    def is_new(self, relation: str) -> bool:
        """Whether nobody uses a table, view or index yet: it was created in this migration or
        pull request, or it is temporary."""
        born = self.catalogue.born(relation)
        table = self.catalogue.tables.get(relation)
        temporary = table is not None and table.temporary
        return self.baseline or temporary or (born is not None and born >= self.fresh_from)

    def adds_column(self, table: str, column: str) -> bool:
        """Whether a column of a table that existed before was added in this pull request.

        Of a table that no migration creates, what this file has done so far tells.
        """
        if table in self.base.tables:
            return self.base.column(table, column) is None
        before = self.timeline.stretch(0, len(self.effects) - 1)
        return table not in self.catalogue.tables and any(
            each.column.name == column and not each.if_not_exists
            for each in before.all(AddColumn, about=table)
        )

    def all(self, kind: type[A]) -> Iterator[A]:
        """All actions of one kind, in order."""
        return self.everything.all(kind)


@dataclass(frozen=True)
class HistoryContext:
    """The whole history once it was replayed: the schema before the change, and the one after.

    `opaque` says that somewhere in the change is a file that cannot be read, or a statement that
    does what its text does not tell.
    """

    change: Change
    settings: Settings
    before: Catalogue
    after: Catalogue
    opaque: bool = False


@dataclass(frozen=True)
class Context:
    """One statement of a migration, as `step`; `file` is the migration.

    `inside` is a statement of the code that the one at `position` runs; it is then looked at as if
    it stood there itself.
    """

    file: MigrationContext
    position: int
    effects: Effects
    inside: Step | None = None

    @cached_property
    def step(self) -> Step:
        return self.inside or self.file.steps[self.position]

    @property
    def batched(self) -> bool:
        """Whether it changes its rows in batches."""
        return self.step.batched

    @property
    def settings(self) -> Settings:
        return self.file.settings

    @property
    def catalogue(self) -> Catalogue:
        """The schema right before the statement, valid while the rule runs."""
        return self.file.catalogue

    @cached_property
    def earlier(self) -> Stretch:
        return self.file.timeline.stretch(0, self.position)

    @cached_property
    def later(self) -> Stretch:
        return self.file.timeline.stretch(self.position + 1, len(self.file.steps))

    @cached_property
    def from_here(self) -> Stretch:
        """This statement and the later ones."""
        return self.file.timeline.stretch(self.position, len(self.file.steps))

    def same_transaction(self, steps: Stretch) -> Stretch:
        """Those of the steps that commit together with this one."""
        return steps.together(self.step.transaction)

    def tally(self, kind: Callable[[], T]) -> T:
        """What the statements before this one add up to."""
        answers = self.file._answers
        seen, tally = answers.get(kind) or (0, kind())
        for place in range(seen, self.position):
            tally.add(self.file.steps[place], self.file.effects[place], self)
        answers[kind] = (self.position, tally)
        kept: T = tally
        return kept

    def holds(self, relation: str) -> LockMode | None:
        """The strongest lock that the transaction has on a relation before this statement."""
        held = self.tally(Held)
        return held.locks.get(relation) if held.transaction == self.step.transaction else None

    def all(self, kind: type[A]) -> tuple[A, ...]:
        return self.step.all(kind)

    def is_new(self, relation: str) -> bool:
        return self.file.is_new(relation)


class Held:
    """The locks of the transaction that ran last, by relation; `transaction` is its number."""

    def __init__(self) -> None:
        self.transaction: int | None = None
        self.locks: dict[str, LockMode] = {}

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        if step.transaction is None or step.transaction != self.transaction:
            self.transaction, self.locks = step.transaction, {}
        for each in effects.locks if step.transaction is not None else ():
            self.locks[each.relation] = max(each.mode, self.locks.get(each.relation, each.mode))


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


@runtime_checkable
class HistoryRule(Rule, Protocol):
    """A rule about the schema that the history builds, asked once all of it was replayed."""

    def check_history(self, context: HistoryContext) -> Hits: ...


def shown(name: str) -> str:
    """A name as an author would write it: without the schema that everybody has."""
    return name.removeprefix("public.")


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """Names as an author would write them, and how many more there are."""
    found = sorted(map(shown, names))
    more = len(found) - most
    *kept, last = [*found[:most], f"{more:,} more"] if more > 1 else found or [""]
    return f"{', '.join(kept)} and {last}" if kept else last
