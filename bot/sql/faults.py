"""Why a file cannot be read as SQL, told so that its author can mend it."""

import re

from bot.core.statement import Position, SyntaxFault
from bot.sql.lexer import Lines, Part, pieces

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00a0\u00ad\u1680\u180e\u2000-\u200d\u2028\u2029\u202f\u205f\u2060-\u2064\u3000\ufeff"
)
_SUSPICIOUS = re.compile(f"[{_BIDI}{_INVISIBLE}]")
_IS_BIDI = re.compile(f"[{_BIDI}]")
_COPY_INPUT = re.compile(r"\bcopy\b[^;]*\bfrom\s+stdin\b[^;]*;", re.IGNORECASE)
_VARIABLE = re.compile(r":['\"]?[A-Za-z_]\w*")
_NAMES = {
    "\ufeff": "a byte order mark",
    "\u00a0": "a no-break space",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u00ad": "a soft hyphen",
}
_SAVE_AS = "Save the file as UTF-8 without a byte order mark."
_PLAIN_SQL = "Write plain SQL: Prisma and migration-bot send the file to the server, not to psql."


def fault_before(text: str) -> SyntaxFault | None:
    """What can be said before the grammar reads the text: it is no UTF-8 text at all."""
    nul = text.find("\0")
    if nul >= 0:
        return _not_text(text, nul)
    if text.startswith("\ufeff"):
        message = "The file begins with a byte order mark, which PostgreSQL takes for SQL."
        return SyntaxFault("file-encoding", message, Position(1, 1), _SAVE_AS)
    return None


def fault_of_size(text: str) -> SyntaxFault:
    size = len(text.encode("utf-8", "surrogatepass")) / 1024
    message = f"The file is too large or too deeply nested to be read ({size:,.0f} kB)."
    fix = "Split the migration; load large data from a script, in batches."
    return SyntaxFault("uninspectable-sql", message, Position(1, 1), fix)


def fault_of_copy(position: Position) -> SyntaxFault:
    message = "COPY … FROM STDIN reads its rows from psql; no rows can follow in a migration."
    return SyntaxFault("prisma-psql-meta", message, position, "Write INSERT statements.")


def fault_of_refusal(text: str, message: str, offset: int) -> SyntaxFault:
    """Why the grammar refused the text at `offset`, as exactly as can be told."""
    return (
        _invisible(text)
        or _psql(text, offset)
        or _too_deep(text, message, offset)
        or _foreign(text, message, offset)
        or SyntaxFault("syntax-error", _sentence(message), Lines(text).at(offset))
    )


def suspicious_characters(text: str) -> list[tuple[int, str]]:
    """Where characters stand that a reader cannot see, and their names.

    Data and comments may contain them, except those that change the direction of text: they make
    code look like something else even from inside a comment.
    """
    if text.isascii() or not _SUSPICIOUS.search(text):
        return []
    return [
        (match.start(), _name(match[0]))
        for piece in pieces(text)
        if piece.part is not Part.LITERAL
        for match in _SUSPICIOUS.finditer(text, piece.start, piece.end)
        if piece.part is not Part.COMMENT or _IS_BIDI.match(match[0])
    ]


def _name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if _IS_BIDI.match(character):
        return f"a text direction mark ({code})"
    return f"{_NAMES.get(character, 'an invisible character')} ({code})"


def _not_text(text: str, nul: int) -> SyntaxFault:
    many = text.count("\0") > len(text) / 4
    if many:
        message = "The file is UTF-16: every second byte of it is zero."
        return SyntaxFault("file-encoding", message, Position(1, 1), _SAVE_AS)
    message = "The file contains a NUL character, which PostgreSQL cannot store or read."
    return SyntaxFault("file-encoding", message, Lines(text).at(nul), "Delete the character.")


def _invisible(text: str) -> SyntaxFault | None:
    found = suspicious_characters(text)
    if not found:
        return None
    offset, name = found[0]
    message = f"The code contains {name}, which PostgreSQL takes for part of a word."
    return SyntaxFault("file-encoding", message, Lines(text).at(offset), "Delete the character.")


def _psql(text: str, offset: int) -> SyntaxFault | None:
    position = Lines(text).at(offset)
    if text.startswith("\\", offset):
        command = re.split(r"\s", text[offset:], maxsplit=1)[0]
        return SyntaxFault(
            "prisma-psql-meta", f"{command} is a command of psql, not SQL.", position, _PLAIN_SQL
        )
    variable = _VARIABLE.match(text, offset)
    if variable:
        message = f"{variable[0]} is a variable of psql, not SQL."
        return SyntaxFault("prisma-psql-meta", message, position, _PLAIN_SQL)
    copied = next(_COPY_INPUT.finditer(text, 0, offset), None)
    return fault_of_copy(Lines(text).at(copied.start())) if copied else None


def _too_deep(text: str, message: str, offset: int) -> SyntaxFault | None:
    if not message.startswith("memory exhausted"):
        return None
    said = "The statement is nested too deeply for PostgreSQL's own grammar."
    return SyntaxFault("syntax-error", said, Lines(text).at(offset), "Write it in smaller parts.")


def _foreign(text: str, message: str, offset: int) -> SyntaxFault | None:
    from bot.sql.dialect import foreign_dialect

    dialect = foreign_dialect(text)
    if dialect is None:
        return None
    said = f"{_sentence(message)} The file reads as {dialect}."
    fix = f"Write it for PostgreSQL; it looks as if it was generated for {dialect}."
    return SyntaxFault("syntax-error", said, Lines(text).at(offset), fix)


def _sentence(message: str) -> str:
    return f"PostgreSQL cannot read this: {message}."
