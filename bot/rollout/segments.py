"""A file cut into the pieces that are run, each in one transaction or in none."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.review import JudgedMigration, JudgedStatement
from bot.core.statement import Statement
from bot.errors import UsageError
from bot.sql.batching import Batched, read_batches

_BEGIN = {"BEGIN", "START TRANSACTION"}
_COMMIT = {"COMMIT", "END"}
_REFUSED = {"ROLLBACK", "PREPARE TRANSACTION", "COMMIT PREPARED", "ROLLBACK PREPARED"}


@dataclass(frozen=True)
class Segment:
    """Statements that stand or fall together; alone, if PostgreSQL wants no transaction.

    `batched` is set for one statement that is run bit by bit, each in a transaction.
    """

    statements: tuple[Statement, ...]
    transactional: bool
    batched: Batched | None = None

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the statements' texts: comments between them may change."""
        texts = "\0".join(each.sql for each in self.statements)
        return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()


def require_runnable(judged: Iterable[JudgedMigration]) -> None:
    """Raises UsageError for a migration that cannot be run as it stands, before any is run.

    One whose statements are not known would be recorded as applied without having run.
    """
    for each in judged:
        if each.fault is not None:
            place = each.fault.position
            raise UsageError(
                f"{each.migration.name}, line {place.line}, column {place.column}: "
                f"{each.fault.message}",
                hint=each.fault.fix or "Mend it in a new pull request; nothing was applied.",
            )
        segments_of(each)


def segments_of(judged: JudgedMigration) -> tuple[Segment, ...]:
    """Cut a migration so that as much as possible is atomic.

    Consecutive transactional statements form one segment, as Prisma's single message does. The
    author's own COMMIT ends a segment. So does ADD VALUE, when statements follow: a new enum value
    cannot be used before it is committed (PostgreSQL, ALTER TYPE, Notes). A change that its author
    wants in batches is a segment. Raises UsageError for what cannot be run.
    """
    return tuple(_cut(judged.migration.name, judged.statements, _batches(judged)))


def is_atomic(segments: Sequence[Segment]) -> bool:
    """Whether one transaction carries them, so that nothing is left of a failure."""
    return len(segments) <= 1 and all(each.transactional and not each.batched for each in segments)


def _batches(judged: JudgedMigration) -> Mapping[int, Batched]:
    statements = [each.statement for each in judged.statements]
    found, problems = read_batches(judged.migration.sql, statements)
    for each in problems:
        raise UsageError(
            f"{judged.migration.name}, line {each.position.line}: {each.message}",
            hint="Mend the comment that asks for batches, or take it out; nothing was applied.",
        )
    return found


def _cut(
    name: str, statements: Sequence[JudgedStatement], batches: Mapping[int, Batched]
) -> Iterator[Segment]:
    together: list[Statement] = []
    for each in statements:
        kind = each.statement.kind
        if kind in _REFUSED:
            raise _refusal(name, each.statement)
        if kind in _BEGIN:
            continue
        if kind in _COMMIT:
            yield from _one(together)
            together = []
        elif batched := batches.get(each.statement.index):
            yield from _one(together)
            yield Segment((each.statement,), transactional=True, batched=batched)
            together = []
        elif not each.effects.transactional:
            yield from _one(together)
            yield Segment((each.statement,), transactional=False)
            together = []
        else:
            together.append(each.statement)
            if _adds_enum_value(each.statement):
                yield from _one(together)
                together = []
    yield from _one(together)


def _one(statements: Iterable[Statement]) -> Iterator[Segment]:
    together = tuple(statements)
    if together:
        yield Segment(together, transactional=True)


def _adds_enum_value(statement: Statement) -> bool:
    return (
        statement.node == "AlterEnumStmt"
        and "newVal" in statement.tree
        and ("oldVal" not in statement.tree)
    )


def _refusal(name: str, statement: Statement) -> UsageError:
    return UsageError(
        f"{name}, line {statement.start.line}: {statement.kind} in a migration cannot be applied "
        "safely.",
        hint="Take it out: a migration that fails is rolled back without being asked to.",
    )
