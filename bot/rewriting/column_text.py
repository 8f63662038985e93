"""ADD COLUMN cut into name, type and what is said of the column."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rewriting.altering import Command
from bot.sql.words import Word, find, words_of

_ATTRIBUTES = "CONSTR_ATTR_"
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Clause:
    """One thing said of a column: NOT NULL, DEFAULT …, REFERENCES … with what belongs to it.

    `start` and `end` are places in the command's text.
    """

    kind: str
    tree: Fields
    start: int
    end: int


@dataclass(frozen=True)
class ColumnText:
    """The text of ADD COLUMN, and its clauses in order."""

    text: str
    name: str
    clauses: tuple[Clause, ...]

    def clause(self, kind: str) -> Clause | None:
        return next((each for each in self.clauses if each.kind == kind), None)

    def written(self, clause: Clause) -> str:
        """A clause without its CONSTRAINT name."""
        text = self.text[clause.start : clause.end]
        if not clause.tree.get("conname"):
            return text
        words = words_of(text)
        return text[words[2].start :]

    def value(self) -> str:
        """The expression of the DEFAULT."""
        clause = self.clause("CONSTR_DEFAULT")
        assert clause is not None
        words = words_of(self.text[clause.start : clause.end])
        at = find(words, "DEFAULT")
        assert at is not None
        return self.text[clause.start + words[at].end : clause.end].strip()

    def without(self, kinds: Collection[str]) -> str:
        """The command without the clauses of these kinds."""
        text = self.text
        for clause in reversed(self.clauses):
            if clause.kind in kinds:
                text = text[: clause.start].rstrip() + text[clause.end :]
        return text


def read_column(command: Command, sql: str) -> ColumnText:
    """A command of the statement `sql` whose tree counts in bytes from the statement's start."""
    definition = command.definition
    trees = [each["Constraint"] for each in definition.get("constraints", ())]
    starts = [_characters(sql, each["location"]) - command.start for each in trees]
    collation = definition.get("collClause", {}).get("location")
    cuts = [*starts, len(command.text)]
    if collation is not None:
        cuts.append(_characters(sql, collation) - command.start)
    words = words_of(command.text)
    clauses: list[Clause] = []
    for tree, start in zip(trees, starts, strict=True):
        end = _end(words, min(cut for cut in cuts if cut > start))
        kind = tree["contype"]
        if kind.startswith(_ATTRIBUTES) and clauses:
            last = clauses.pop()
            clauses.append(Clause(last.kind, last.tree, last.start, end))
        else:
            clauses.append(Clause(kind, tree, start, end))
    return ColumnText(command.text, definition["colname"], tuple(clauses))


def _characters(sql: str, offset: int) -> int:
    return len(sql.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "surrogatepass"))


def _end(words: tuple[Word, ...], limit: int) -> int:
    """Where the last word before a place ends."""
    return max(word.end for word in words if word.start < limit)
