"""Whether the server reads each text as it was cut here: with standard_conforming_strings on.

Off, a backslash in an ordinary string is an escape, also before the quote that ends it: another
statement would run than the one that was judged.
"""

from collections.abc import Iterator, Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.settings import is_on
from bot.sql.lexer import Part, pieces

_SETTING = "standard_conforming_strings"


def require_same_reading(
    facts: ServerFacts, judged: Sequence[JudgedMigration], target: Target
) -> None:
    """Raises PostgresError that names the first string the server would read in another way."""
    for each in judged:
        statements = [of_one.statement for of_one in each.statements]
        for statement in _read_otherwise(statements, standard=facts.standard_strings):
            raise PostgresError(
                f"{each.migration.name}, line {statement.start.line}: a string holds a backslash, "
                f"which {target.name} would take for an escape, as {_SETTING} is off there or is "
                "switched by the file. Nothing was changed.",
                hint=r"Write the string as E'…' with \\ for each backslash, which means the same "
                f"everywhere, or leave {_SETTING} on.",
                sqlstate="22P06",
            )


def _read_otherwise(statements: Sequence[Statement], *, standard: bool) -> Iterator[Statement]:
    on = standard
    for each in statements:
        if not on and "\\" in each.sql and _escapes(each.sql):
            yield each
        on = _afterwards(each, on=on, standard=standard)


def _afterwards(statement: Statement, *, on: bool, standard: bool) -> bool:
    """Whether the setting is on behind a statement; where that cannot be told it counts as off."""
    tree = statement.tree
    if statement.node != "VariableSetStmt":
        return on and _SETTING not in statement.sql.lower()
    name = str(tree.get("name", "")).lower()
    if name != _SETTING:
        return standard if tree.get("kind") == "VAR_RESET_ALL" else on
    if "args" not in tree:
        return standard
    (value,) = tree["args"]
    return is_on(value)


def _escapes(text: str) -> bool:
    """Whether an ordinary string, so neither E'' nor $$, holds a backslash."""
    found = (text[each.start : each.end] for each in pieces(text) if each.part is Part.LITERAL)
    return any(each.startswith("'") and "\\" in each for each in found)
