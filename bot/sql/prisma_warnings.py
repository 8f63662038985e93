"""The warnings that `prisma migrate dev` writes into a comment at the top of a migration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.core.migrations.statement import Position
from bot.sql.lexer import Lines, Part, pieces

_HEADING = re.compile(r"/\*\s*Warnings:\s")
_BULLET = re.compile(r"^[ \t]*- (?P<text>\S[^\r\n]*)", re.MULTILINE)
_TABLE = re.compile(r"`([^`]+)` table\b|\btable `([^`]+)`|\benum `([^`]+)`")
_COLUMN = re.compile(r"\bcolumns? `([^`]+)`|\bThe `([^`]+)` column\b|\btype of `([^`]+)`")


@dataclass(frozen=True)
class PrismaWarning:
    """One of them. `at` is where it begins; `comment` is the comment it stands in."""

    text: str
    at: Position
    comment: str

    @cached_property
    def table(self) -> str:
        """The table or enum it names, "" for none."""
        return _first(_TABLE, self.text)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in _first(_COLUMN, self.text).strip("[]").split(","))

    @property
    def about_required(self) -> bool:
        return self.text.startswith("Added the required column")

    @property
    def about_unique(self) -> bool:
        return self.text.startswith("A unique constraint")

    def is_about(self, sql: str) -> bool:
        """Whether a statement names what it names."""
        # An enum is changed by way of another one, which replaces it.
        there = named_in(self.table, sql) or named_in(f"{self.table}_new", sql)
        return there and any(named_in(column, sql) for column in self.columns)


def prisma_warnings(sql: str) -> Iterator[PrismaWarning]:
    if "Warnings:" not in sql:
        return
    lines = Lines(sql)
    for piece in pieces(sql):
        comment = sql[piece.start : piece.end]
        if piece.part is Part.COMMENT and _HEADING.match(comment):
            for bullet in _BULLET.finditer(comment):
                at = lines.at(piece.start + bullet.start("text") - 2)
                yield PrismaWarning(bullet["text"].rstrip(), at, comment)


def named_in(name: str, sql: str) -> bool:
    """Whether a name stands there by itself, and not as a part of another."""
    at = sql.find(name)
    while at >= 0:
        around = sql[at - 1 : at] + sql[at + len(name) : at + len(name) + 1]
        if not any(each.isalnum() or each in "_$" for each in around):
            return True
        at = sql.find(name, at + 1)
    return False


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next(filter(None, found.groups()), "") if found else ""
