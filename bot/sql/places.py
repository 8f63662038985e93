"""Where in a statement the parts of it stand: commands, columns, constraints and listed names.

The text is asked, and not the tree, which knows the places of some parts only. Where text and tree
do not agree on how many there are, no place is given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.core.migrations.statement import Span, Statement
from bot.sql.actions import (
    Action,
    AddColumn,
    AddConstraint,
    CreateTable,
    DropObjects,
    RunBlock,
    TableAction,
    Truncate,
)
from bot.sql.bodies import read_body
from bot.sql.lexer import Lines, Part, pieces
from bot.sql.read import actions_of
from bot.sql.values import Column, Constraint
from bot.sql.words import Word, after_table_name, find, parts_of, words_of

Found = tuple[object, int, int]
# What a text of a shape that nobody expected raises. Its parts then have no places of their own.
_UNEXPECTED = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)


class Places:
    """The parts of one statement with their places; made once for all that is asked about it."""

    def __init__(self, statement: Statement, actions: Sequence[Action]) -> None:
        self._spans: dict[object, Span] = {}
        found = _found(statement, actions)
        if not found:
            return
        lines = Lines(statement.sql)
        for part, start, end in found:
            first, last = lines.at(start), lines.at(end - 1)
            self._spans.setdefault(
                _key(part), Span(statement.place_of(first), statement.place_of(last))
            )

    def of(self, part: object) -> Span | None:
        """The place of an action, column or constraint of the statement, or of a name it lists.

        None for what is the whole statement, and for what is not found in the text.
        """
        return self._spans.get(_key(part))


def _key(part: object) -> object:
    """Two columns may be alike and yet be two; a name is a name."""
    return part if isinstance(part, str) else id(part)


def _found(statement: Statement, actions: Sequence[Action]) -> list[Found]:
    try:
        return list(_parts(statement, actions))
    except _UNEXPECTED:
        return []


def _parts(statement: Statement, actions: Sequence[Action]) -> Iterator[Found]:
    if not actions:
        return
    if isinstance(actions[0], RunBlock):
        yield from _of_block(statement, actions[0], actions[1:])
        return
    reader = _READERS.get(type(actions[0]))
    if isinstance(actions[0], TableAction):
        reader = _of_alter if len(actions) > 1 else None
    if reader is not None:
        words = words_of(statement.sql)
        yield from reader(words, statement.tree, actions)


def _of_alter(words: Sequence[Word], tree: Any, actions: Sequence[Action]) -> Iterator[Found]:
    """The commands of an ALTER TABLE; one that stands alone is the statement."""
    first = find(words, "ALTER")
    if len(actions) < 2 or first is None or len(words) < 4:
        return
    parts = parts_of(words[after_table_name(words) :])
    if len(parts) == len(actions) and all(parts):
        for action, part in zip(actions, parts, strict=True):
            start, end = part[0].start, part[-1].end
            yield action, start, end
            yield from ((each, start, end) for each in _inside(action))


def _inside(action: Action) -> Iterator[Column | Constraint]:
    """What a command adds, which stands where the command does."""
    if isinstance(action, AddColumn):
        yield action.column
        yield from action.column.constraints
    elif isinstance(action, AddConstraint):
        yield action.constraint


def _of_create(words: Sequence[Word], tree: Any, actions: Sequence[Action]) -> Iterator[Found]:
    table = actions[0]
    assert isinstance(table, CreateTable)
    elements = [next(iter(each)) for each in tree.get("base", tree).get("tableElts", ())]
    bracket = find(words, "(")
    if bracket is None or not elements:
        return
    parts = parts_of(_bracketed(words[bracket:]))
    columns, constraints = iter(table.columns), iter(table.constraints)
    for node, part in zip(elements, parts, strict=False) if len(parts) == len(elements) else ():
        found: Column | Constraint | None = None
        if node == "ColumnDef":
            found = next(columns)
        elif node == "Constraint":
            found = next(constraints)
        if part and found is not None:
            start, end = part[0].start, part[-1].end
            yield found, start, end
            if isinstance(found, Column):
                yield from ((each, start, end) for each in found.constraints)


def _bracketed(words: Sequence[Word]) -> Sequence[Word]:
    """What stands inside of the bracket that the words begin with."""
    depth = 0
    for place, word in enumerate(words):
        if word.part is Part.CODE:
            depth += (word.text == "(") - (word.text == ")")
        if depth == 0:
            return words[1:place]
    return ()


def _of_drop(words: Sequence[Word], tree: Any, actions: Sequence[Action]) -> Iterator[Found]:
    drop = actions[0]
    assert isinstance(drop, DropObjects)
    skipped = 1 + len(drop.kind.split())
    skipped += words[skipped].key == "CONCURRENTLY"
    skipped += 2 * (words[skipped].key == "IF")
    yield from _listed(words[skipped:], drop.names)


def _of_truncate(words: Sequence[Word], tree: Any, actions: Sequence[Action]) -> Iterator[Found]:
    truncate = actions[0]
    assert isinstance(truncate, Truncate)
    yield from _listed(words[1 + (words[1].key == "TABLE") :], truncate.tables)


def _listed(words: Sequence[Word], names: Sequence[str]) -> Iterator[Found]:
    """Names between commas; a single one is what the statement is about."""
    parts = parts_of(words)
    if len(names) < 2 or len(parts) != len(names) or not all(parts):
        return
    for name, part in zip(names, parts, strict=True):
        last = part[-1]
        for option in ("CASCADE", "RESTRICT", "CONTINUE", "RESTART"):
            at = find(part, option, start=1)
            last = part[at - 1] if at is not None and part[at - 1].end <= last.start else last
        yield name, part[0].start, last.end


def _of_block(statement: Statement, block: RunBlock, actions: Sequence[Action]) -> Iterator[Found]:
    """The statements inside a DO block, where its text has them as they are run."""
    offset = statement.sql.find(block.body)
    if offset < 0:
        return
    code = _without_comments(block.body)
    at = done = 0
    for inner in read_body(block.body, block.language).statements:
        sql = inner.statement.sql
        count = len(actions_of(inner.statement))
        own, done = actions[done : done + count], done + count
        start = code.find(_without_comments(sql), at)
        if start >= 0:
            at = start + len(sql)
            yield from _shifted(inner.statement, own, offset + start)


def _without_comments(sql: str) -> str:
    """The same length, so that places stay: what a comment says is nothing that is run."""
    return "".join(
        " " * (each.end - each.start) if each.part is Part.COMMENT else sql[each.start : each.end]
        for each in pieces(sql)
    )


def _shifted(statement: Statement, actions: Sequence[Action], offset: int) -> Iterator[Found]:
    """The parts of a statement of a block; an action with none is the whole of it."""
    yield from (
        (part, offset + start, offset + end) for part, start, end in _parts(statement, actions)
    )
    for action in actions:
        named = action.names if isinstance(action, DropObjects) else ()
        yield from ((each, offset, offset + len(statement.sql)) for each in (action, *named))


_READERS: Mapping[
    type[Action], Callable[[Sequence[Word], Any, Sequence[Action]], Iterator[Found]]
] = {
    CreateTable: _of_create,
    DropObjects: _of_drop,
    Truncate: _of_truncate,
}
