"""Why a file cannot be read as SQL, told so that its author can mend it."""

import re

from bot.core.migrations.statement import Position, SyntaxFault
from bot.sql.characters import suspicious_characters
from bot.sql.leftovers import leftover, placeholder
from bot.sql.lexer import Lines, Part, Piece, pieces

_COPY_INPUT = re.compile(r"\bcopy\b[^;]*\bfrom\s+stdin\b[^;]*;", re.IGNORECASE)
_VARIABLE = re.compile(r":['\"]?[A-Za-z_]\w*")
# Longer runs of them are no SQL, and the grammar's scanner reads each again from every sign of it.
_LONG_RUN = 200
_OPERATORS = re.compile(rf"[~!@#^&|`?+\-*/%<>=]{{{_LONG_RUN},}}")
_MOST_NESTED = 20
_NEAR = re.compile(r'(?s)( at or near )"(.*)"\Z')
_MOST_SHOWN = 40
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
    return _endless_operator(text)


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
        or leftover(text, offset)
        or _psql(text, offset)
        or _too_deep(text, message, offset)
        or _foreign(text, message, offset)
        or placeholder(text, offset)
        or SyntaxFault("syntax-error", _sentence(message), Lines(text).at(offset))
    )


def _not_text(text: str, nul: int) -> SyntaxFault:
    if "\0\0\0" in text:
        message = "The file is UTF-32: most bytes of it are zero."
        return SyntaxFault("file-encoding", message, Position(1, 1), _SAVE_AS)
    # The two bytes that open UTF-16 are none of UTF-8.
    if text.startswith("\ufffd\ufffd") or text.count("\0") > len(text) / 4:
        message = "The file is UTF-16: about every second byte of it is zero."
        return SyntaxFault("file-encoding", message, Position(1, 1), _SAVE_AS)
    message = "The file contains a NUL character, which PostgreSQL cannot store or read."
    return SyntaxFault("file-encoding", message, Lines(text).at(nul), "Delete the character.")


def _invisible(text: str) -> SyntaxFault | None:
    found = suspicious_characters(text)
    if not found:
        return None
    offset, name = found[0]
    message = f"The code contains {name}, which PostgreSQL cannot read or takes for part of a word."
    fix = "Delete the character, or write the plain one in its place."
    return SyntaxFault("file-encoding", message, Lines(text).at(offset), fix)


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
    return f"PostgreSQL cannot read this: {_NEAR.sub(_shortened, message)}."


def _shortened(match: re.Match[str]) -> str:
    """What the grammar stumbled over: an open quote takes it all the way to the end of the file."""
    line, _, more = match[2].strip().partition("\n")
    if len(line) > _MOST_SHOWN or more:
        line = f"{line[:_MOST_SHOWN].rstrip()}…"
    return f'{match[1]}"{line}"'


def _endless_operator(text: str) -> SyntaxFault | None:
    """A run of operator signs that nobody wrote for a server; rulers in comments are none."""
    runs = [match.span() for match in _OPERATORS.finditer(text)]
    for piece in pieces(text) if runs else ():
        while runs and runs[0][1] - piece.start < _LONG_RUN:
            del runs[0]
        if runs and runs[0][0] < piece.end and _is_slow(text, piece):
            message = "More operator signs stand here in a row than PostgreSQL reads."
            return SyntaxFault("syntax-error", message, Lines(text).at(piece.start))
    return None


def _is_slow(text: str, piece: Piece) -> bool:
    if piece.part is Part.COMMENT:
        return text.count("/*", piece.start, piece.end) > _MOST_NESTED
    return piece.part is Part.CODE
