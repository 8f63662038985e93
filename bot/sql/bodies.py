"""The statements inside a body of PL/pgSQL: what a DO block or a function runs.

The body is cut at its semicolons, and what steers it (IF, LOOP, EXCEPTION, …) becomes the guards of
what it steers. What is left is SQL. A body is not understood where it runs a text that it puts
together, or where what is left is not SQL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count

from bot.core.migrations.statement import Position, Statement
from bot.sql.body_tokens import Token, after, assigned, chunks, into, past, place_of
from bot.sql.conditions import Condition, conditions_of
from bot.sql.expressions import function_volatility, nodes, relations_of, strings_of
from bot.sql.lexer import Lines, Part, pieces, position_in, shifted
from bot.sql.parse import parse
from bot.sql.values import Volatility


class Steering(Enum):
    """Why a statement of a body may be left out."""

    CONDITION = "a condition"
    CHANCE = "a loop, or a choice among values"
    CAUGHT = "an error before it in a block that catches it"
    HANDLER = "no error in the block that it handles"


@dataclass(frozen=True)
class Guard:
    """What a statement depends on; `number` is that of the condition, or of the block.

    `condition` must hold, or must not if it is not `wanted`; None for one that is not understood.
    """

    steering: Steering
    number: int = 0
    condition: Condition | None = None
    wanted: bool = True


@dataclass(frozen=True)
class Inner:
    """A statement of a body, with its place in the body and all that it depends on."""

    statement: Statement
    guards: tuple[Guard, ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether the body decides whether it runs."""
        return any(each.steering is not Steering.CAUGHT for each in self.guards)


@dataclass(frozen=True)
class Body:
    statements: tuple[Inner, ...] = ()
    understood: bool = True


_ENDING_HEAD = {"if": "then", "elsif": "then", "elseif": "then", "when": "then"}
_LOOPS = ("for", "foreach", "while", "loop")
_HARMLESS = {
    "raise", "return", "null", "exit", "continue", "get", "assert", "open", "fetch", "close",
    "move", "commit", "rollback",
}  # fmt: skip
_STRING = re.compile(
    r"^(?:'(?P<plain>(?:[^']|'')*)'|\$(?P<tag>\w*)\$(?P<dollar>.*)\$(?P=tag)\$)$", re.S
)


def read_body(body: str, language: str) -> Body:
    """What a body runs; that of a language other than SQL and PL/pgSQL is not understood."""
    if language == "sql":
        script = parse(body)
        found = tuple(Inner(each) for each in script.statements)
        return Body(found, understood=script.fault is None)
    if language != "plpgsql":
        return Body(understood=False)
    reader = _Reader(body)
    reader.read()
    return Body(tuple(reader.found), reader.understood)


@dataclass
class _Frame:
    """A part of the body that is open; `first` is the number of statements before it."""

    word: str
    number: int
    first: int
    guards: tuple[Guard, ...] = ()


class _Reader:
    def __init__(self, body: str) -> None:
        self.body = body
        self.found: list[Inner] = []
        self.understood = True
        self._open: list[_Frame] = []
        self._numbers = count()
        self._declaring = False
        self._lines = Lines(body)

    def read(self) -> None:
        for tokens in chunks(self.body):
            self._chunk(tokens)

    def _chunk(self, tokens: list[Token]) -> None:
        while tokens:
            word = tokens[0].word
            if word == "declare":
                self._declaring, tokens = True, tokens[1:]
            elif word == "begin":
                self._declaring, tokens = False, tokens[1:]
                self._enter("begin")
            elif self._declaring:
                self._value(assigned(tokens[1:]) or [])
                return
            elif word == "<" and len(tokens) > 4:
                tokens = after(tokens, ">", ">")
            elif word == "end":
                if self._open:
                    self._open.pop()
                return
            elif word in ("else", "exception"):
                self._turn(word)
                tokens = tokens[1:]
            elif word in _ENDING_HEAD or word in _LOOPS or word == "case":
                tokens = self._head(tokens)
            else:
                self._statement(tokens)
                return

    def _enter(self, word: str, *guards: Guard) -> None:
        self._open.append(_Frame(word, next(self._numbers), len(self.found), guards))

    def _turn(self, word: str) -> None:
        """ELSE: nothing of the conditions before it holds. EXCEPTION: what follows handles what
        stood before it in the block."""
        if not self._open:
            return
        frame = self._open[-1]
        if word == "else":
            frame.guards = _turned(frame.guards)
            return
        caught = Guard(Steering.CAUGHT, frame.number)
        for place in range(frame.first, len(self.found)):
            inner = self.found[place]
            self.found[place] = replace(inner, guards=(*inner.guards, caught))
        frame.guards = (Guard(Steering.HANDLER, frame.number),)

    def _head(self, tokens: list[Token]) -> list[Token]:
        """Past IF … THEN, WHEN … THEN, FOR … LOOP; what a loop goes through is a query."""
        word = tokens[0].word
        if word == "case":
            self._enter("case", Guard(Steering.CHANCE))
            return tokens[place_of(tokens, "when") :]
        if word in _ENDING_HEAD:
            if word != "when":
                self._condition(word, tokens[1 : place_of(tokens, "then")])
            return past(tokens, "then")
        source = past(tokens, "in") if word == "for" else []
        inside = source[: place_of(source, "loop")]
        if inside and inside[0].word in ("select", "with", "execute"):
            self._statement(inside)
        self._enter("loop", Guard(Steering.CHANCE))
        return past(tokens, "loop")

    def _condition(self, word: str, tokens: list[Token]) -> None:
        """The guard of a branch; a query in the condition runs before it."""
        before: tuple[Guard, ...] = ()
        if word != "if" and self._open:
            before = _turned(self._open.pop().guards)
        self._value(tokens)
        condition = conditions_of(self._text(tokens))
        number = next(self._numbers)
        self._enter("if", *before, Guard(Steering.CONDITION, number, condition))

    @property
    def _guards(self) -> tuple[Guard, ...]:
        return tuple(guard for frame in self._open for guard in frame.guards)

    def _statement(self, tokens: list[Token]) -> None:
        word = tokens[0].word
        value = assigned(tokens)
        if word == "execute":
            self._execute(tokens)
        elif word == "return" and [each.word for each in tokens[1:2]] == ["query"]:
            self._sql(tokens[2:])
        elif value is not None:
            self._value(value)
        elif word in _HARMLESS:
            self._value(tokens[1:] if word == "return" else [])
        elif word == "perform":
            self._parse("SELECT " + self._text(tokens[1:]), tokens[0].start)
        else:
            self._sql(tokens)

    def _value(self, tokens: list[Token]) -> None:
        """An expression that is worked out: of interest if it reads or calls something."""
        if any(each.word == "(" for each in tokens):
            script = parse("SELECT " + self._text(tokens))
            here = self._lines.at(tokens[0].start)
            for each in filter(_matters, script.statements):
                self._add(replace(each, start=here, end=here))

    def _execute(self, tokens: list[Token]) -> None:
        """EXECUTE of a constant is as good as the statement itself."""
        if [each.word for each in tokens[1:2]] == ["query"]:
            tokens = tokens[1:]
        rest = tokens[2:]
        alone = not rest or rest[0].word in ("using", "into")
        match = _STRING.match(self._text(tokens[1:2])) if len(tokens) > 1 else None
        if match is None or not alone:
            self.understood = False
            return
        kind = "dollar" if match["plain"] is None else "plain"
        start = tokens[1].start + match.start(kind)
        self._parse(match[kind].replace("''", "'") if kind == "plain" else match[kind], start)

    def _sql(self, tokens: list[Token]) -> None:
        """INTO is blanked out, so that all else keeps its place."""
        start, end = into(tokens)
        if start == end:
            self._parse(self._text(tokens), tokens[0].start)
            return
        first, last = tokens[start].start, tokens[end - 1].end
        blank = re.sub(r"[^\n]", " ", self.body[first:last])
        rest = self.body[last : tokens[-1].end]
        self._parse(self.body[tokens[0].start : first] + blank + rest, tokens[0].start)

    def _text(self, tokens: list[Token]) -> str:
        return self.body[tokens[0].start : tokens[-1].end] if tokens else ""

    def _parse(self, sql: str, start: int) -> None:
        script = parse(sql)
        if script.fault:
            self.understood = False
        origin = self._lines.at(start)
        for each in script.statements:
            self._add(moved(each, origin))

    def _add(self, statement: Statement) -> None:
        self.found.append(Inner(statement, self._guards))


_AGGREGATES = {"count", "max", "min", "sum", "avg", "array_agg", "string_agg", "format"}


def _matters(query: Statement) -> bool:
    """Whether working out a value reads a table of the users', or calls what may do anything."""
    internal = ("pg_catalog.", "information_schema.", "public.pg_")
    if any(not each.startswith(internal) for each in relations_of(query.tree)):
        return True
    calls = (fields for node, fields in nodes(query.tree) if node == "FuncCall")
    names = {strings_of(each["funcname"])[-1] for each in calls} - _AGGREGATES
    return any(function_volatility(each) is Volatility.VOLATILE for each in names)


def _turned(guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """Of the branches so far, that none was taken."""
    return tuple(
        replace(each, wanted=False) if each.steering is Steering.CONDITION else each
        for each in guards
    )


def moved(statement: Statement, origin: Position) -> Statement:
    """A statement of a text that begins at `origin` in a larger one."""
    start, end = shifted(statement.start, origin), shifted(statement.end, origin)
    return replace(statement, start=start, end=end)


def inner_of(outer: Statement, text: str, body: Body) -> Iterator[Inner]:
    """The statements of a block with their places in its file; where the block is written with
    escapes, they stand where it does."""
    offset = _offset(outer.sql, text)
    for each in body.statements:
        inner = replace(each.statement, index=outer.index)
        if offset is None:
            inner = replace(inner, start=outer.start, end=outer.start)
        else:
            inner = moved(inner, position_in(outer, offset))
        yield replace(each, statement=inner)


def _offset(sql: str, text: str) -> int | None:
    for piece in pieces(sql):
        start = sql.find(text, piece.start, piece.end) if piece.part is Part.LITERAL else -1
        if start >= 0:
            return start
    return None
