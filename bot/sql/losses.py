"""What the statements of a migration destroy of what was there before it, read from their text."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.kept.loss import Losing, Loss, NewType
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.sql import actions as act
from bot.sql.batching import read_batches
from bot.sql.changes import NotBatched, cut_change, written
from bot.sql.expressions import strings_of
from bot.sql.read import actions_of
from bot.sql.values import Expression

# What changes who runs a statement, or which rows it sees.
_WHO = {"role", "session_authorization", "row_security"}
_CHANGING = {"UpdateStmt": Losing.UPDATED, "DeleteStmt": Losing.DELETED}
_DESTRUCTIVE = (
    act.AlterColumnType,
    act.Delete,
    act.DropColumn,
    act.Merge,
    act.Truncate,
    act.Update,
)


def losses_of(judged: JudgedMigration) -> tuple[Loss, ...]:
    """In the order of its statements. What the migration itself has made is no loss."""
    statements = [each.statement for each in judged.statements]
    reading = _Reading(read_batches(judged.migration.sql, statements)[0].keys())
    losses = [loss for each in judged.statements for loss in reading.read(each)]
    return tuple(replace(each, spoilt=_spoilt_after(each, losses)) for each in losses)


@dataclass
class _Reading:
    """What the statements before have made, moved and set; `batched` run bit by bit."""

    batched: Collection[int]
    made: set[str] = field(default_factory=set)
    added: set[tuple[str, str]] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)

    def read(self, judged: JudgedStatement) -> Iterator[Loss]:
        statement = judged.statement
        actions = actions_of(statement)
        for loss in _losses(judged, actions):
            if (left := self._left(loss)) is not None:
                yield replace(left, obstacle=left.obstacle or self._obstacle(left, statement))
        for action in actions:
            self._follow(action)

    def _left(self, loss: Loss) -> Loss | None:
        """What of it was there before; None if nothing was."""
        if loss.relation in self.made:
            return None
        if not loss.columns:
            return loss
        columns = tuple(each for each in loss.columns if (loss.relation, each) not in self.added)
        return replace(loss, columns=columns) if columns else None

    def _obstacle(self, loss: Loss, statement: Statement) -> str:
        if statement.index in self.batched:
            return "it runs in batches, each of which is committed by itself"
        if self.settings & _WHO:
            return f"the file sets {min(self.settings & _WHO)} before it"
        if "search_path" in self.settings and "." not in loss.table:
            return "the file sets search_path before it, and it names its table without a schema"
        columns = [f"{loss.relation}.{each}" for each in loss.columns]
        if self.moved & {loss.relation, *columns}:
            return "what it is about was renamed earlier in the same migration"
        return ""

    def _follow(self, action: act.Action) -> None:
        if isinstance(action, act.CreateTable):
            # With IF NOT EXISTS it may have been there before.
            self.made |= set() if action.if_not_exists else {action.table}
        elif isinstance(action, act.AddColumn) and not action.if_not_exists:
            self.added.add((action.table, action.column.name))
        elif isinstance(action, act.Rename):
            within = f"{action.relation}." if action.relation else ""
            self.moved |= {f"{within}{action.old}", f"{within}{action.new}"}
        elif isinstance(action, act.SetSchema):
            self.moved |= {action.name, f"{action.schema}.{action.name.partition('.')[2]}"}
        elif isinstance(action, act.SetVariable) and not action.reset:
            self.settings.add(action.name.lower())
        elif isinstance(action, act.Query) and "set_config" in action.functions:
            self.settings |= {each.lower() for each in action.strings[:1]}


def _spoilt_after(loss: Loss, losses: Iterable[Loss]) -> tuple[str, ...]:
    """Columns of its table that the same statement, or a later one, changes or drops."""
    others = (
        each
        for each in losses
        if each is not loss and each.statement >= loss.statement and each.relation == loss.relation
    )
    return tuple(dict.fromkeys(name for each in others for name in each.columns))


def _losses(judged: JudgedStatement, actions: Sequence[act.Action]) -> Iterator[Loss]:
    statement = judged.statement
    if statement.node == "DropStmt" and statement.kind == "DROP TABLE":
        yield from _dropped_tables(statement)
    elif statement.node == "AlterTableStmt":
        yield from _altered(statement, actions)
    elif statement.node == "TruncateStmt":
        yield from _emptied(statement, actions)
    elif statement.node in _CHANGING:
        yield from _changed(statement, actions)
    elif why := _out_of_sight(judged, actions):
        names = judged.effects.loses or tuple(
            each.relation for each in judged.effects.locks if each.mode is LockMode.ROW_EXCLUSIVE
        )
        yield _at(statement, Losing.TABLE, relation=", ".join(names), obstacle=why)


def _at(statement: Statement, kind: Losing, **more: Any) -> Loss:
    return Loss(statement.index, statement.start.line, kind, **more)


def _dropped_tables(statement: Statement) -> Iterator[Loss]:
    for each in statement.tree["objects"]:
        parts = strings_of(each["List"]["items"])[-2:]
        relation = ".".join(parts if len(parts) > 1 else ("public", *parts))
        table = ".".join(map(quoted, parts))
        yield _at(statement, Losing.TABLE, table=table, relation=relation)


def _altered(statement: Statement, actions: Iterable[act.Action]) -> Iterator[Loss]:
    """All columns that go at once are one loss, and so are those that get another type."""
    table = written(statement.tree["relation"])
    dropped = [each for each in actions if isinstance(each, act.DropColumn)]
    typed = [each for each in actions if isinstance(each, act.AlterColumnType)]
    if dropped:
        columns = tuple(each.name for each in dropped)
        relation = dropped[0].table
        yield _at(statement, Losing.COLUMNS, table=table, relation=relation, columns=columns)
    if typed:
        types = tuple(
            NewType(each.name, str(each.type), each.using is None or _is_cast(each, each.using))
            for each in typed
        )
        yield _at(
            statement,
            Losing.TYPES,
            table=table,
            relation=typed[0].table,
            columns=tuple(each.column for each in types),
            types=types,
        )


def _is_cast(action: act.AlterColumnType, using: Expression) -> bool:
    """Of the column itself, and straight to the new type."""
    straight = set(using.casts) <= {action.type.name}
    return using.only_casts and using.columns == (action.name,) and straight


def _emptied(statement: Statement, actions: Iterable[act.Action]) -> Iterator[Loss]:
    (action,) = (each for each in actions if isinstance(each, act.Truncate))
    tables = [written(each["RangeVar"]) for each in statement.tree["relations"]]
    for table, relation in zip(tables, action.tables, strict=True):
        others = tuple(each for each in action.tables if each != relation)
        yield _at(statement, Losing.EMPTIED, table=table, relation=relation, with_it=others)


def _changed(statement: Statement, actions: Sequence[act.Action]) -> Iterator[Loss]:
    action = actions[0]
    assert isinstance(action, act.Update | act.Delete)
    columns = tuple(dict.fromkeys(action.sets)) if isinstance(action, act.Update) else ()
    loss = _at(
        statement,
        _CHANGING[statement.node],
        table=written(statement.tree["relation"]),
        relation=action.table,
        columns=columns,
    )
    try:
        yield replace(loss, change=cut_change(statement))
    except NotBatched:
        why = "its rows cannot be chosen apart from changing them (WITH, RETURNING, random values)"
        yield replace(loss, obstacle=why)


def _out_of_sight(judged: JudgedStatement, actions: Sequence[act.Action]) -> str:
    """Why what a statement of another kind destroys cannot be kept; "" if it destroys nothing."""
    kind = judged.statement.kind
    destroys = any(isinstance(each, _DESTRUCTIVE) for each in actions)
    overwrites = any(isinstance(each, act.Insert) and each.conflict for each in actions)
    if not (judged.effects.loses or destroys or overwrites):
        return ""
    if judged.statement.node in ("DoStmt", "CallStmt", "SelectStmt"):
        return f"it happens in code that {kind} runs"
    if overwrites and not destroys:
        return "which rows ON CONFLICT overwrites shows only while it runs"
    return f"{kind} may take more along than its text says"
