"""An ALTER TABLE cut into its commands, and put together again with some of them changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bot.core.findings.rewrite import Piece, Place, Rewrite, stage_of
from bot.core.migrations.statement import Statement
from bot.sql.expressions import relation_name
from bot.sql.parse import parse
from bot.sql.words import Word, after_table_name, parts_of, words_of


@dataclass(frozen=True)
class Command:
    """One command of an ALTER TABLE: its text, its place in the statement, and its tree.

    The tree's locations count from the start of the statement.
    """

    text: str
    start: int
    end: int
    tree: Mapping[str, Any]

    @property
    def subtype(self) -> str:
        return str(self.tree["subtype"])

    @property
    def definition(self) -> Mapping[str, Any]:
        """What it adds: a column or a constraint."""
        found: Mapping[str, Any] = next(iter(self.tree["def"].values()))
        return found


@dataclass(frozen=True)
class AlterTable:
    """`head` is all before the first command, as one line; `table` is `schema.name`."""

    sql: str
    head: str
    table: str
    commands: tuple[Command, ...]

    @property
    def relation(self) -> str:
        """The table as the author wrote it."""
        words = words_of(self.head)
        names = [each for each in words[2:] if each.text not in "()*"]
        while names[0].key in ("IF", "EXISTS", "ONLY"):
            names = names[1:]
        return self.head[names[0].start : names[-1].end]

    def alter(self, command: str) -> str:
        """The same table altered by another command."""
        return f"{self.head} {command}"

    def with_changes(self, changes: Mapping[int, str | None]) -> str | None:
        """The statement with other texts for some commands, or without them; None if none is
        left. What stands between commands stays."""
        kept = [n for n in range(len(self.commands)) if changes.get(n, "") is not None]
        if not kept:
            return None
        text = self.sql[: self.commands[0].start]
        for before, after in pairwise([None, *kept]):
            assert after is not None
            if before is not None:
                first = self.commands[after - 1].end
                text += self.sql[first : self.commands[after].start]
            text += changes.get(after) or self.commands[after].text
        return text + self.sql[self.commands[-1].end :]


def read_alter_table(statement: Statement) -> AlterTable | None:
    """The statement by its commands; None if it is none, or its text and tree do not agree."""
    if statement.node != "AlterTableStmt" or statement.tree.get("objtype") != "OBJECT_TABLE":
        return None
    return _read(statement.sql)


@lru_cache(maxsize=2)
def _read(sql: str) -> AlterTable | None:
    """Several rules ask for the same statement, one after another."""
    tree = parse(sql).statements[0].tree
    if tree.get("objtype") != "OBJECT_TABLE":
        return None
    words = words_of(sql)
    first = after_table_name(words)
    parts = parts_of(words[first:])
    trees = [each["AlterTableCmd"] for each in tree["cmds"]]
    if len(parts) != len(trees) or not all(parts):
        return None
    return AlterTable(
        sql=sql,
        head=_line(sql, words[:first]),
        table=relation_name(tree["relation"]),
        commands=tuple(_command(sql, *each) for each in zip(parts, trees, strict=True)),
    )


def _command(sql: str, words: Sequence[Word], tree: Mapping[str, Any]) -> Command:
    start, end = words[0].start, words[-1].end
    return Command(sql[start:end], start, end, tree)


def _line(sql: str, words: Sequence[Word]) -> str:
    return " ".join(sql[words[0].start : words[-1].end].split())


@dataclass(frozen=True)
class Levels:
    """What has to run one folder after another, after the statement itself.

    `named` says what each folder is for.
    """

    statements: tuple[tuple[str, ...], ...] = ()
    named: tuple[str, ...] = ()

    def beside(self, other: "Levels") -> "Levels":
        """Both, with what is for the same purpose in the same folder."""
        found: dict[str, tuple[str, ...]] = {}
        for each in (self, other):
            for what, statements in zip(each.named, each.statements, strict=True):
                found[what] = (*found.get(what, ()), *statements)
        named = tuple(sorted(found, key=stage_of))
        return Levels(tuple(found[what] for what in named), named)

    def pieces(self, place: Place = Place.LATER) -> tuple[Piece, ...]:
        return tuple(
            Piece(sql, Place.HERE if n else place, what)
            for together, what in zip(self.statements, self.named, strict=True)
            for n, sql in enumerate(together)
        )


def rewritten(
    alter: AlterTable, changes: Mapping[int, str | None], *then: str, levels: Levels = Levels()
) -> Rewrite | None:
    """The statement with its changes, more statements beside it, and those of later folders."""
    if not changes:
        return None
    left = alter.with_changes(changes)
    here = tuple(Piece(sql) for sql in ((left,) if left else ()) + then)
    return Rewrite(here + levels.pieces())
