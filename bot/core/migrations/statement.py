"""One SQL statement of a migration, with its place in the file and PostgreSQL's own parse tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Position:
    """A place in a file; `line` and `column` count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Span:
    """A stretch of a file, from its first character to its last."""

    start: Position
    end: Position


@dataclass(frozen=True)
class Statement:
    """A statement without its semicolon and without the comments before it.

    `node` is the name of PostgreSQL's parse node ("IndexStmt"), `tree` that node's fields as
    libpg_query's JSON gives them. `kind` is the command in SQL's words ("CREATE INDEX").
    `start` and `end` are positions of the first and the last character.
    `comment` is the text of the comments directly above the statement, without comment marks.
    """

    index: int
    sql: str
    start: Position
    end: Position
    kind: str
    node: str
    tree: Tree = field(repr=False, hash=False, compare=False)
    comment: str = ""

    def place_of(self, inside: Position) -> Position:
        """Where in the file a place of its own text is."""
        first = self.start.column - 1 if inside.line == 1 else 0
        return Position(self.start.line + inside.line - 1, inside.column + first)


@dataclass(frozen=True)
class SyntaxFault:
    """Why a file is not SQL that PostgreSQL can read, and where.

    `rule` is the id of the rule that reports it ("syntax-error", "prisma-psql-meta", …).
    """

    rule: str
    message: str
    position: Position
    fix: str = ""


@dataclass(frozen=True)
class Script:
    """A file cut into statements; `fault` is set, and `statements` empty, if it cannot be read."""

    statements: tuple[Statement, ...] = ()
    fault: SyntaxFault | None = None
