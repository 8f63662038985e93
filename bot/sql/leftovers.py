"""What ends up in a migration without being SQL at all: templates, placeholders, pasted marks."""

import re

from bot.core.migrations.statement import Position, SyntaxFault
from bot.sql.lexer import Lines, Part, pieces

_FILLED_IN = "Write the SQL as it is to run; neither Prisma nor migration-bot fills anything in."
_TEMPLATES = (
    (re.compile(r"\{[{%#]"), "Jinja, Handlebars or dbt"),
    (re.compile(r"<%"), "ERB or EJS"),
    (re.compile(r"[$#]\{"), "a shell, JavaScript or Ruby"),
)
_PLACEHOLDERS = re.compile(r"%(?:\(\w+\))?s\b|\$[A-Za-z_]\w*|@\w+")
_QUOTED = re.compile(r"\{\{|\$\{|<%")
_QUOTED_AT_ALL = re.compile(rf'"[^"\n]*(?:{_QUOTED.pattern})')
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?:\s|\Z)")


def leftover(text: str, offset: int) -> SyntaxFault | None:
    """What stands where the grammar refused the text, if it is known and is no SQL."""
    at = Lines(text).at
    if _CONFLICT.match(text, offset):
        fix = "Resolve the conflict, and delete the lines that mark it."
        return _fault("A merge conflict was left in the file.", at(offset), fix)
    if text.startswith("```", offset):
        fix = "Delete the lines with the backticks."
        return _fault("``` marks code in Markdown; it is no SQL.", at(offset), fix)
    for start in (offset, offset - 1):
        template = _template(text, max(start, 0))
        if template:
            return template
    return None


def template_in_name(text: str) -> SyntaxFault | None:
    """A quoted name that still has to be filled in; the grammar takes it as it is."""
    if not _QUOTED_AT_ALL.search(text):
        return None
    for piece in pieces(text):
        if piece.part is Part.NAME:
            found = _QUOTED.search(text, piece.start, piece.end)
            if found:
                return _template(text, found.start())
    return None


def _template(text: str, offset: int) -> SyntaxFault | None:
    for mark, tools in _TEMPLATES:
        found = mark.match(text, offset)
        if found:
            message = f"{found[0]} opens a placeholder of {tools}, which is not SQL."
            return _fault(message, Lines(text).at(offset), _FILLED_IN)
    return None


def placeholder(text: str, offset: int) -> SyntaxFault | None:
    """What a program would replace with a value before it sends the statement."""
    found = _PLACEHOLDERS.match(text, offset)
    before = text[:offset].rstrip() if text[max(offset - 20, 0) : offset].find("?") >= 0 else ""
    if found:
        place, word = offset, found[0]
    elif before.endswith("?"):
        place, word = len(before) - 1, "?"
    else:
        return None
    message = f"{word} stands for a value that a program would fill in, which is not SQL."
    return _fault(message, Lines(text).at(place), _FILLED_IN)


def _fault(message: str, position: Position, fix: str) -> SyntaxFault:
    return SyntaxFault("syntax-error", message, position, fix)
