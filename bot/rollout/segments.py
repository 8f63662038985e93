"""A file cut into the pieces that are run: each in one transaction, in none, or batch by batch."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.statement import Statement
from bot.errors import UsageError
from bot.rollout.settings import (
    chooses_modes,
    modes_of,
    names_encoding,
    sets_session,
    starts_afresh,
)
from bot.sql.batching import Batched, read_batches

_BEGIN = {"BEGIN", "START TRANSACTION"}
_COMMIT = {"COMMIT", "END"}
_REFUSED = {"ROLLBACK", "PREPARE TRANSACTION", "COMMIT PREPARED", "ROLLBACK PREPARED"}


@dataclass(frozen=True)
class Segment:
    """Statements that stand or fall together; alone, if PostgreSQL wants no transaction.

    `settings` are what the file has set for its session before: each segment has a session that is
    as new, so that it runs the same whether the one before ran just now or in an earlier run.
    `batched` is set for one statement that is run bit by bit, each in a transaction.
    """

    statements: tuple[Statement, ...]
    transactional: bool
    settings: tuple[Statement, ...] = ()
    batched: Batched | None = None

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the statements' texts: comments between them may change."""
        texts = "\0".join(each.sql for each in self.statements)
        return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def line(self) -> int:
        """Where it begins in the file."""
        return self.statements[0].start.line


def segments_of(judged: JudgedMigration) -> tuple[Segment, ...]:
    """Cut a migration so that as much as possible is atomic.

    Consecutive transactional statements form one segment, as Prisma's single message does. The
    author's own COMMIT ends a segment; a BEGIN without one is committed at the end of the file. ADD
    VALUE ends one too, when statements follow: a new enum value cannot be used before it is
    committed (PostgreSQL, ALTER TYPE, Notes). A change that its author wants in batches is a
    segment. Raises UsageError for what cannot be run.
    """
    cutting = _Cutting(judged.migration.name, _batches(judged))
    for each in judged.statements:
        cutting.add(each)
    cutting.end()
    return tuple(cutting.done)


def is_atomic(segments: Sequence[Segment]) -> bool:
    """Whether one transaction carries them, so that nothing is left of a failure."""
    return len(segments) <= 1 and all(each.transactional and not each.batched for each in segments)


def _batches(judged: JudgedMigration) -> Mapping[int, Batched]:
    statements = [each.statement for each in judged.statements]
    found, problems = read_batches(judged.migration.sql, statements)
    for each in problems:
        raise UsageError(
            f"{judged.migration.name}, line {each.position.line}: {each.message}",
            hint="Mend the comment that asks for batches, or take it out; nothing was changed.",
        )
    return found


@dataclass
class _Cutting:
    """The segments that are cut, and the one that statements are still added to."""

    name: str
    batches: Mapping[int, Batched]
    done: list[Segment] = field(default_factory=list)
    together: list[Statement] = field(default_factory=list)
    settings: tuple[Statement, ...] = ()

    def add(self, each: JudgedStatement) -> None:
        statement = each.statement
        if statement.kind in _REFUSED:
            raise _refusal(self.name, statement)
        if statement.kind in _BEGIN:
            self._begin(statement)
        elif statement.kind in _COMMIT:
            self.end()
        elif starts_afresh(statement):
            self.end()
            self.settings = ()
        elif names_encoding(statement):
            return
        elif batched := self.batches.get(statement.index):
            self.end()
            one = Segment((statement,), transactional=True, settings=self.settings, batched=batched)
            self.done.append(one)
        elif not each.effects.transactional:
            self.end()
            self.done.append(Segment((statement,), transactional=False, settings=self.settings))
        else:
            self.together.append(statement)
            if _adds_enum_value(statement):
                self.end()

    def end(self) -> None:
        if self.together:
            together = tuple(self.together)
            self.done.append(Segment(together, transactional=True, settings=self.settings))
            self.settings += tuple(each for each in together if sets_session(each))
            self.together = []

    def _begin(self, statement: Statement) -> None:
        """The transaction is ours; what the author wants of it is asked for in another way."""
        if chooses_modes(statement):
            self.end()
            self.together.append(modes_of(statement))


def own_blocks(statements: Iterable[Statement]) -> Iterable[Statement]:
    """The statements that stand between the author's own BEGIN and COMMIT."""
    inside = False
    for each in statements:
        if each.kind in _BEGIN or each.kind in _COMMIT:
            inside = each.kind in _BEGIN
        elif inside:
            yield each


def _adds_enum_value(statement: Statement) -> bool:
    return (
        statement.node == "AlterEnumStmt"
        and "newVal" in statement.tree
        and ("oldVal" not in statement.tree)
    )


def _refusal(name: str, statement: Statement) -> UsageError:
    return UsageError(
        f"{name}, line {statement.start.line}: {statement.kind} in a migration cannot be run "
        "safely.",
        hint="Take it out: a migration that fails is rolled back without being asked to.",
    )
