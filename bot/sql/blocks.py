"""A PL/pgSQL block cut into the SQL statements in it, each with what it depends on.

Only the block's frame is read here: IF, loops, CASE, nested blocks and their handlers. What stands
between is SQL like any other. A block that is put together in another way is Unreadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count

from bot.sql.lexer import Part, pieces


class Unreadable(Exception):
    """The text is no block that is understood here."""


class Kind(Enum):
    """Why a passage may be left out: a condition, a loop or handler, or an error caught later."""

    CONDITION = "condition"
    CHANCE = "chance"
    CAUGHT = "caught"


@dataclass(frozen=True)
class Guard:
    """`number` is the same for all passages that one decision is about.

    `text` is the condition, and `wanted` whether it must hold or must not.
    """

    number: int
    kind: Kind
    text: str = ""
    wanted: bool = True


@dataclass(frozen=True)
class Passage:
    """One SQL statement of a block, with all it depends on, from the outside in.

    `word` is what it begins with; `sql` is empty for what is put together while the block runs.
    """

    word: str
    sql: str
    guards: tuple[Guard, ...] = ()


def passages_of(body: str) -> tuple[Passage, ...]:
    """The statements of a block in order, and the queries in its conditions before them."""
    reader = _Reader(body)
    reader.block(())
    return tuple(reader.found)


_SILENT = {"RAISE", "NULL", "EXIT", "CONTINUE", "ASSERT", "RETURN", "GET"}
_HIDDEN = {"EXECUTE", "OPEN", "FETCH", "MOVE", "CLOSE", "COMMIT", "ROLLBACK"}
_CHANGING = {"INSERT", "MERGE"}
_LOOPS = {"LOOP", "WHILE", "FOR", "FOREACH"}


class _Reader:
    def __init__(self, body: str) -> None:
        self._body = body
        kept = (each for each in pieces(body) if each.part not in (Part.SPACE, Part.COMMENT))
        self._tokens = [(each.start, each.end) for each in kept]
        self._at = 0
        self._numbers = count()
        self.found: list[Passage] = []

    def block(self, guards: tuple[Guard, ...]) -> None:
        """[DECLARE …] BEGIN … [EXCEPTION …] END, without the semicolon after it."""
        if self._word() == "DECLARE":
            self._declarations(guards)
        self._take("BEGIN")
        first = len(self.found)
        if self._statements(guards, {"EXCEPTION", "END"}) == "EXCEPTION":
            self._catch(first)
            self._take("EXCEPTION")
            while self._word() == "WHEN":
                self._until("THEN")
                self._statements((*guards, self._chance()), {"WHEN", "END"})
        self._take("END")

    def _declarations(self, guards: tuple[Guard, ...]) -> None:
        self._take("DECLARE")
        while self._word() != "BEGIN":
            self._expression(self._until(";"), guards)

    def _catch(self, first: int) -> None:
        guard = Guard(next(self._numbers), Kind.CAUGHT)
        for place in range(first, len(self.found)):
            passage = self.found[place]
            self.found[place] = replace(passage, guards=(*passage.guards, guard))

    def _statements(self, guards: tuple[Guard, ...], stops: set[str]) -> str:
        while (word := self._word()) not in stops:
            if word == "<":
                self._label()
            elif word == "IF":
                self._if(guards)
            elif word == "CASE":
                self._case(guards)
            elif word in _LOOPS:
                self._loop(guards)
            elif word in ("DECLARE", "BEGIN"):
                self.block(guards)
                self._until(";")
            else:
                self._simple(guards)
        return word

    def _label(self) -> None:
        while self._word() != ">":
            self._at += 1
        self._take(">")
        self._take(">")

    def _if(self, guards: tuple[Guard, ...]) -> None:
        self._at += 1
        while True:
            guard = Guard(next(self._numbers), Kind.CONDITION, self._until("THEN"))
            self._condition(guard.text, guards)
            word = self._statements((*guards, guard), {"ELSIF", "ELSEIF", "ELSE", "END"})
            guards = (*guards, replace(guard, number=next(self._numbers), wanted=False))
            if word not in ("ELSIF", "ELSEIF"):
                break
            self._at += 1
        if word == "ELSE":
            self._at += 1
            self._statements(guards, {"END"})
        self._close("IF")

    def _case(self, guards: tuple[Guard, ...]) -> None:
        self._at += 1
        while self._word() != "WHEN":
            self._at += 1
        inside = (*guards, self._chance())
        while self._word() == "WHEN":
            self._condition(self._until("THEN").partition(" ")[2], guards)
            self._statements(inside, {"WHEN", "ELSE", "END"})
        if self._word() == "ELSE":
            self._at += 1
            self._statements(inside, {"END"})
        self._close("CASE")

    def _loop(self, guards: tuple[Guard, ...]) -> None:
        header = self._until("LOOP")
        words = header.upper().split()
        if "EXECUTE" in words:
            self.found.append(Passage("EXECUTE", "", guards))
        else:
            start = header.upper().find("SELECT")
            self._condition(header[start:] if start >= 0 else "", guards)
        self._statements((*guards, self._chance()), {"END"})
        self._close("LOOP")

    def _close(self, word: str) -> None:
        self._take("END")
        self._take(word)
        self._until(";")

    def _simple(self, guards: tuple[Guard, ...]) -> None:
        first = self._at
        word = self._word()
        text = self._until(";")
        if word in _SILENT:
            self._expression(text, guards)
        elif word in _HIDDEN:
            self.found.append(Passage(word, "", guards))
        elif word == "PERFORM":
            self.found.append(Passage(word, f"SELECT {text[len(word) :]}", guards))
        elif self._assigns(first):
            self._expression(text, guards)
        else:
            self.found.append(Passage(word, self._without_into(first), guards))

    def _assigns(self, first: int) -> bool:
        """Whether a value is given to a variable: `a := …`, `a.b := …` or `a = …`."""
        place = first + 1
        while self._text(place) in (".", "[") and place < self._at:
            place += 2 if self._text(place) == "." else 3
        return self._text(place) == "=" or self._text(place) + self._text(place + 1) == ":="

    def _without_into(self, first: int) -> str:
        """A statement without INTO and the variables that take its result."""
        last = self._tokens[self._at - 2][1]
        place = next(filter(self._takes_result, range(first + 1, self._at)), None)
        if place is None:
            return self._body[self._tokens[first][0] : last]
        end = place + (2 if self._text(place + 1).upper() == "STRICT" else 1)
        while self._text(end + 1) in (".", ","):
            end += 2
        rest = self._body[self._tokens[end][1] : last]
        return self._body[self._tokens[first][0] : self._tokens[place][0]] + rest

    def _takes_result(self, place: int) -> bool:
        before = self._text(place - 1).upper()
        return self._text(place).upper() == "INTO" and before not in _CHANGING

    def _expression(self, text: str, guards: tuple[Guard, ...]) -> None:
        """A value that is worked out; it matters only if it is read from somewhere."""
        start = text.upper().find("SELECT")
        if start >= 0:
            before = text[:start].rstrip()
            inside = text[start - 1 :].lstrip() if before.endswith("(") else text[start:]
            self._condition(inside, guards)

    def _condition(self, text: str, guards: tuple[Guard, ...]) -> None:
        if "SELECT" in text.upper():
            query = text if text.upper().startswith("SELECT") else f"SELECT {text}"
            self.found.append(Passage("SELECT", query, guards))

    def _chance(self) -> Guard:
        return Guard(next(self._numbers), Kind.CHANCE)

    def _text(self, place: int) -> str:
        if place >= len(self._tokens):
            return ""
        start, end = self._tokens[place]
        return self._body[start:end]

    def _word(self) -> str:
        if self._at >= len(self._tokens):
            raise Unreadable
        return self._text(self._at).upper()

    def _take(self, word: str) -> None:
        if self._word() != word:
            raise Unreadable
        self._at += 1

    def _until(self, word: str) -> str:
        """The text up to a word, which is passed over; CASE … END in between is one thing."""
        first, depth = self._at, 0
        for place in self._places():
            found = self._text(place).upper()
            if depth == 0 and found == word:
                break
            depth += 1 if found == "CASE" else -1 if found == "END" and depth else 0
        else:
            raise Unreadable
        self._at = place + 1
        return self._body[self._tokens[first][0] : self._tokens[place][0]].strip()

    def _places(self) -> Iterator[int]:
        return iter(range(self._at, len(self._tokens)))
