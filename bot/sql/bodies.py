"""The statements inside a body of PL/pgSQL: what a DO block or a function runs.

The body is cut at its semicolons, and what steers it (IF, LOOP, EXCEPTION, …) is put aside. What is
left is SQL. A body is not understood where it runs a text that it puts together, or where what
is left is not SQL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.core.statement import Statement
from bot.sql.lexer import Part, Piece, pieces
from bot.sql.parse import parse


@dataclass(frozen=True)
class Inner:
    """A statement of a body; `conditional` where the body decides whether it runs."""

    statement: Statement
    conditional: bool = False


@dataclass(frozen=True)
class Body:
    statements: tuple[Inner, ...] = ()
    understood: bool = True


@dataclass(frozen=True)
class _Token:
    word: str
    start: int
    end: int
    part: Part


_OPENING = {"if", "case", "loop", "begin"}
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
class _Reader:
    body: str
    found: list[Inner] = field(default_factory=list)
    understood: bool = True
    _open: list[str] = field(default_factory=list)
    _declaring: bool = False

    def read(self) -> None:
        for tokens in _chunks(self.body):
            self._chunk(tokens)

    def _chunk(self, tokens: list[_Token]) -> None:
        while tokens:
            word = tokens[0].word
            if word == "declare":
                self._declaring, tokens = True, tokens[1:]
            elif word == "begin":
                self._declaring, tokens = False, tokens[1:]
                self._open.append("begin")
            elif self._declaring:
                return
            elif word == "<" and len(tokens) > 4:
                tokens = _after(tokens, ">", ">")
            elif word == "end":
                if self._open:
                    self._open.pop()
                return
            elif word in ("else", "exception"):
                self._mark(word)
                tokens = tokens[1:]
            elif word in _ENDING_HEAD or word in _LOOPS or word == "case":
                tokens = self._head(tokens)
            else:
                self._statement(tokens)
                return

    def _mark(self, word: str) -> None:
        if word == "exception" and self._open:
            self._open[-1] = "exception"

    def _head(self, tokens: list[_Token]) -> list[_Token]:
        """Past IF … THEN, WHEN … THEN, FOR … LOOP; what a loop goes through is a query."""
        word = tokens[0].word
        if word in ("if", "case"):
            self._open.append(word)
        if word == "case":
            return _from(tokens, "when")
        if word in _ENDING_HEAD:
            return _past(tokens, "then")
        self._open.append("loop")
        source = _past(tokens, "in") if word == "for" else []
        inside = source[: _place(source, "loop")]
        if inside and inside[0].word in ("select", "with", "execute"):
            self._statement(inside)
        return _past(tokens, "loop")

    @property
    def _conditional(self) -> bool:
        return any(each != "begin" for each in self._open)

    def _statement(self, tokens: list[_Token]) -> None:
        word = tokens[0].word
        if word == "execute":
            self._execute(tokens)
        elif word == "return" and [each.word for each in tokens[1:2]] == ["query"]:
            self._sql(tokens[2:])
        elif word in _HARMLESS or _assigns(tokens):
            return
        elif word == "perform":
            self._sql(tokens[1:], before="SELECT ")
        else:
            self._sql(tokens)

    def _execute(self, tokens: list[_Token]) -> None:
        """EXECUTE of a constant is as good as the statement itself."""
        if [each.word for each in tokens[1:2]] == ["query"]:
            tokens = tokens[1:]
        rest = tokens[2:]
        alone = not rest or rest[0].word in ("using", "into")
        match = _STRING.match(self._text(tokens[1:2])) if len(tokens) > 1 else None
        if match is None or not alone:
            self.understood = False
            return
        text = match["dollar"] if match["plain"] is None else match["plain"].replace("''", "'")
        self._parse(text)

    def _sql(self, tokens: list[_Token], before: str = "") -> None:
        self._parse(before + self._text(_without_into(tokens)))

    def _text(self, tokens: list[_Token]) -> str:
        """As written, but for the pieces that were put aside."""
        parts = []
        for place, each in enumerate(tokens):
            touching = place and tokens[place - 1].end == each.start
            parts.append(("" if touching or not place else " ") + self.body[each.start : each.end])
        return "".join(parts)

    def _parse(self, sql: str) -> None:
        script = parse(sql)
        if script.fault:
            self.understood = False
        self.found += [Inner(each, self._conditional) for each in script.statements]


def _chunks(body: str) -> Iterator[list[_Token]]:
    """The body cut at its semicolons, without spaces and comments."""
    tokens: list[_Token] = []
    depth = 0
    for piece in pieces(body):
        if piece.part in (Part.SPACE, Part.COMMENT):
            continue
        token = _token(body, piece)
        depth += (token.word in ("(", "[")) - (token.word in (")", "]"))
        if token.word == ";" and depth <= 0:
            yield tokens
            tokens, depth = [], 0
        else:
            tokens.append(token)
    yield tokens


def _token(body: str, piece: Piece) -> _Token:
    word = body[piece.start : piece.end].lower() if piece.part is Part.CODE else ""
    return _Token(word, piece.start, piece.end, piece.part)


def _place(tokens: list[_Token], word: str) -> int:
    """Where a word stands outside brackets and CASE … END; the end if nowhere."""
    depth = 0
    for place, each in enumerate(tokens):
        if each.word == word and depth == 0 and place:
            return place
        depth += (each.word in ("(", "[", "case")) and place > 0
        depth -= each.word in (")", "]", "end")
    return len(tokens)


def _past(tokens: list[_Token], word: str) -> list[_Token]:
    if tokens and tokens[0].word == word:
        return tokens[1:]
    return tokens[_place(tokens, word) + 1 :]


def _from(tokens: list[_Token], word: str) -> list[_Token]:
    return tokens[_place(tokens, word) :]


def _after(tokens: list[_Token], *ending: str) -> list[_Token]:
    """Past a label: << name >>."""
    words = [each.word for each in tokens]
    for place in range(len(words) - len(ending) + 1):
        if tuple(words[place : place + len(ending)]) == ending:
            return tokens[place + len(ending) :]
    return []


def _assigns(tokens: list[_Token]) -> bool:
    """`name := …` and `name.field = …`."""
    words = [each.word for each in tokens[:8]]
    for place, word in enumerate(words):
        if word == ":" and words[place + 1 : place + 2] == ["="]:
            return True
        if word == "=" and place:
            return all(each in (".", "", "[", "]") or each.isidentifier() or each.isdigit()
                       for each in words[:place]) and not _is_sql(words[0])  # fmt: skip
    return False


def _is_sql(word: str) -> bool:
    return word in ("select", "with", "update", "insert", "delete", "alter", "create", "set")


_GIVING = ("select", "with", "insert", "update", "delete", "merge")


def _without_into(tokens: list[_Token]) -> list[_Token]:
    """SELECT … INTO variables, INSERT … RETURNING … INTO variables: only a table is made by INTO
    at the top of a SELECT elsewhere."""
    if not tokens or tokens[0].word not in _GIVING:
        return tokens
    start = _place(tokens, "into")
    while start < len(tokens) and tokens[start - 1].word in ("insert", "merge"):
        start += _place(tokens[start:], "into")
    if start >= len(tokens):
        return tokens
    end = start + 1
    if end < len(tokens) and tokens[end].word == "strict":
        end += 1
    while end < len(tokens):
        end += 1
        if end >= len(tokens) or tokens[end].word not in (",", "."):
            break
        end += 1
    return [*tokens[:start], *tokens[end:]]
