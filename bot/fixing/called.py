"""What a folder is called that holds the rest of a migration: by what its statements do."""

from collections.abc import Iterable, Iterator

from bot.core.migrations.statement import Statement
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import ConstraintKind

THEN = "then"
_KINDS: dict[type[act.Action], str] = {
    act.AddColumn: "columns",
    act.AddEnumValue: "enum",
    act.CreateEnum: "enum",
    act.CreateIndex: "index",
    act.CreateTable: "tables",
    act.Delete: "rows",
    act.DropColumn: "drop",
    act.DropConstraint: "drop",
    act.DropObjects: "drop",
    act.Insert: "rows",
    act.Rename: "rename",
    act.Update: "rows",
    act.ValidateConstraint: "validate",
}
_CONSTRAINTS = {ConstraintKind.CHECK: "check", ConstraintKind.FOREIGN_KEY: "foreign_keys"}
_ASIDE = (act.CommentOn, act.SetVariable, act.Transaction)


def called(sql: str) -> str:
    """One or two words joined by "_"; "then" where the statements have nothing in common."""
    words = dict.fromkeys(_words(parse(sql).statements))
    if set(words) <= {"tables", "index", "foreign_keys"} and "tables" in words:
        return "tables"
    return next(iter(words)) if len(words) == 1 else THEN


def numbered(words: Iterable[str]) -> Iterator[str]:
    """The same words, with a number behind each that was there before."""
    seen: dict[str, int] = {}
    for word in words:
        seen[word] = seen.get(word, 0) + 1
        yield f"{word}_{seen[word]}" if seen[word] > 1 else word


def _words(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        for action in actions_of(statement):
            if isinstance(action, act.AddConstraint):
                yield _CONSTRAINTS.get(action.constraint.kind, "constraint")
            elif not isinstance(action, _ASIDE):
                yield _KINDS.get(type(action), THEN)
