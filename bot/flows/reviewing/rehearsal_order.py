"""What to rehearse: the base to start from, and each new migration as apply would run it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.migrations.effects import Effects
from bot.core.migrations.history import Change
from bot.core.migrations.migration import DOWN_SCRIPT, Migration, sort_key
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.rehearsals.rehearsal_order import (
    BaseMigration,
    DataOrder,
    ModelOrder,
    NewMigration,
    Order,
    Part,
    Step,
)
from bot.core.settings import Settings
from bot.errors import UsageError
from bot.flows.reviewing.renames import renames_of
from bot.judge.transactions import runs_in_transaction
from bot.rollout.segments import Segment, segments_of
from bot.sql.batching import Batched
from bot.sql.extensions import extension_of, extensions_in
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.roles import roles_in

# A text without any of these words is one transaction as it stands; most are, and need no parser.
_SPECIAL = re.compile(
    r"\b(concurrently|vacuum|reindex|cluster|begin|commit|rollback|start|end|abort|savepoint|"
    r"prepare|value|system|database|tablespace|subscription|copy|extension)\b",
    re.IGNORECASE,
)
_ABOUT_ROLES = re.compile(
    r"\b(role|user|group|grant|revoke|owner|owned|policy|authorization|privileges)\b", re.IGNORECASE
)
# Names that mean something to PostgreSQL itself, or are the rehearsal's own.
_RESERVED = re.compile(r"pg_.*|public|none|current_role|current_user|session_user|author")


@dataclass(frozen=True)
class Wanted:
    """An order, and what cannot be part of one, as it will be reported: new migrations, and by
    the names of their migrations scripts to take them back."""

    order: Order
    impossible: tuple[RehearsedMigration, ...] = ()
    unread_downs: Mapping[str, Refusal] = field(default_factory=dict)


def order_for(
    change: Change,
    review: Review,
    settings: Settings,
    data: DataOrder,
    model: ModelOrder | None = None,
) -> Wanted:
    """Everything that the change adds, after everything it stands on.

    What comes after a migration that cannot be run would start from another schema: it is left
    out with it.
    """
    judged = {each.migration.name: each for each in review.migrations}
    new: list[NewMigration] = []
    impossible: list[RehearsedMigration] = []
    unread: dict[str, Refusal] = {}
    for name, each in judged.items():
        made = _new(each, settings.postgres) if not impossible else _not_reached(name, impossible)
        if isinstance(made, NewMigration):
            down = _down(each.migration, settings.postgres)
            if isinstance(down, Refusal):
                unread[name] = down
            else:
                made = replace(made, down=down)
            new.append(made)
        else:
            impossible.append(made)
    base = base_of(change, judged)
    statements = [each for one in review.migrations for each in _statements(one)]
    order = Order(
        base=tuple(_base(each, settings.postgres) for each in base),
        new=tuple(new),
        postgres=settings.postgres,
        roles=_roles(base, statements, settings.rehearsal.roles),
        extensions=_extensions(base, statements),
        data=data,
        model=model,
        limits=settings.rehearsal.limits,
    )
    return Wanted(order, tuple(impossible), unread)


def schema_order(
    applied: Sequence[Migration],
    pending: Sequence[Migration],
    settings: Settings,
    *,
    postgres: int,
    schema: str,
) -> Order:
    """What to run to know the schema that they make. Raises UsageError for what cannot be cut."""
    both = [*applied, *pending]
    return Order(
        base=tuple(_base(each, postgres) for each in applied),
        new=tuple(
            NewMigration(
                each.name,
                each.checksum,
                parts_of(each.sql, each.name, postgres),
                renames=renames_of(parse(each.sql).statements),
            )
            for each in pending
        ),
        postgres=postgres,
        roles=_roles(both, (), settings.rehearsal.roles),
        extensions=_extensions(both, ()),
        limits=settings.rehearsal.limits,
        schema=schema,
    )


def base_of(change: Change, new: Collection[str]) -> tuple[Migration, ...]:
    """What is there before the new ones: on the base branch, or accepted with the baseline.

    Where the branch has not caught up with its base, what it lacks counts, too.
    """
    there = {each.name: each for each in change.head.migrations}
    if change.base is not None:
        there |= {each.name: each for each in change.base.migrations}
    kept = (each for each in there.values() if each.name not in new)
    return tuple(sorted(kept, key=lambda each: sort_key(each.name)))


def _new(judged: JudgedMigration, postgres: int) -> NewMigration | RehearsedMigration:
    name = judged.migration.name
    fault = judged.fault
    if fault is not None:
        return _impossible(name, f"line {fault.position.line}: {fault.message}", fault.fix)
    try:
        parts = _parts(segments_of(judged), _locked_by(judged))
    except UsageError as error:
        return _impossible(name, error.message, error.hint)
    renames = renames_of(each.statement for each in judged.statements)
    return NewMigration(name, judged.migration.checksum, parts, renames=renames)


def _down(migration: Migration, postgres: int) -> tuple[Part, ...] | Refusal | None:
    if not migration.down:
        return None
    try:
        return parts_of(migration.down, f"{DOWN_SCRIPT} of {migration.name}", postgres)
    except UsageError as error:
        hint = error.hint or "Mend the script, or take it out."
        return Refusal(Stop.REFUSED, error.message.rstrip("."), hint=hint)


def _impossible(name: str, message: str, hint: str) -> RehearsedMigration:
    return RehearsedMigration(name, refused=Refusal(Stop.NOT_POSSIBLE, message, hint=hint))


def _not_reached(name: str, before: Sequence[RehearsedMigration]) -> RehearsedMigration:
    return _impossible(name, f"{before[0].name} comes before it, and could not be run.", "")


def _base(migration: Migration, postgres: int) -> BaseMigration:
    """With its parts where its text is not one transaction; what cannot be cut is sent as it is."""
    parts: tuple[Part, ...] = ()
    if _SPECIAL.search(migration.sql):
        try:
            parts = parts_of(migration.sql, migration.name, postgres)
        except UsageError:
            parts = ()
    return BaseMigration(migration.name, migration.sql, migration.checksum, parts)


def parts_of(sql: str, name: str, postgres: int) -> tuple[Part, ...]:
    """A script cut as apply would cut it. Raises UsageError if it cannot be."""
    script = parse(sql)
    if script.fault is not None:
        place = script.fault.position
        raise UsageError(
            f"{name}, line {place.line}: {script.fault.message}", hint=script.fault.fix
        )
    statements = tuple(
        JudgedStatement(each, Effects(runs_in_transaction(actions_of(each), postgres)))
        for each in script.statements
    )
    judged = JudgedMigration(Migration(name, name, sql), statements)
    return _parts(segments_of(judged))


def _locked_by(judged: JudgedMigration) -> dict[int, tuple[str, ...]]:
    """By each statement's index, what it is predicted to lock."""
    return {
        each.statement.index: tuple(
            {lock.relation for lock in (*each.effects.locks, *each.effects.if_rows)}
        )
        for each in judged.statements
    }


def _parts(
    segments: Iterable[Segment], locked: Mapping[int, tuple[str, ...]] | None = None
) -> tuple[Part, ...]:
    found = locked or {}
    return tuple(
        Part(
            tuple(
                _step(each, found.get(each.index, ()), segment.batched)
                for each in segment.statements
            ),
            transactional=segment.transactional,
        )
        for segment in segments
    )


def _step(statement: Statement, locks: tuple[str, ...], batched: Batched | None) -> Step:
    made = extension_of(statement)
    return Step(
        statement.index,
        statement.sql,
        statement.start.line,
        extension=made.name if made else "",
        schema=made.schema if made else "",
        locks=locks,
        change=batched.change if batched else None,
    )


def _extensions(base: Iterable[Migration], statements: Iterable[Statement]) -> tuple[str, ...]:
    named = [each.sql for each in base if "extension" in each.sql.lower()]
    found = [*(extensions_in(parse(sql).statements) for sql in named), extensions_in(statements)]
    return tuple(sorted({name for names in found for name in names}))


def _roles(
    base: Iterable[Migration], statements: Iterable[Statement], configured: Iterable[str]
) -> tuple[str, ...]:
    """Those that the history gives something to and does not make, and those configured."""
    found = [roles_in(statements)]
    for each in base:
        if _ABOUT_ROLES.search(each.sql):
            found.append(roles_in(parse(each.sql).statements))
    named = frozenset[str]().union(*(each.named for each in found), configured)
    made = frozenset[str]().union(*(each.made for each in found))
    return tuple(sorted(name for name in named - made if not _RESERVED.fullmatch(name)))


def _statements(judged: JudgedMigration) -> Iterator[Statement]:
    for each in judged.statements:
        yield each.statement
    if judged.migration.down:
        yield from parse(judged.migration.down).statements
