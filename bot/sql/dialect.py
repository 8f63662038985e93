"""Which other database a file was written for, where PostgreSQL's grammar refuses it.

A file is called foreign only if that dialect's parser reads all of it and it carries one of the
dialect's own marks: sqlglot forgives enough to read a mistyped PostgreSQL file as almost anything.
"""

import re

from bot.sql.lexer import Part, pieces

_NAMES = {"mysql": "MySQL", "sqlite": "SQLite", "tsql": "SQL Server (T-SQL)"}
_MARKS = {
    "mysql": re.compile(r"`|\bAUTO_INCREMENT\b|\bENGINE\s*=|\bUNSIGNED\b|\bMODIFY\b", re.I),
    "sqlite": re.compile(r"\bAUTOINCREMENT\b|\bPRAGMA\b|`|\bWITHOUT\s+ROWID\b", re.I),
    "tsql": re.compile(
        r"\[\w+\]|\bIDENTITY\s*\(|\bNVARCHAR\b|^\s*GO\s*$|\bBEGIN\s+TRY\b", re.I | re.M
    ),
}
_MOST = 200_000


def foreign_dialect(text: str) -> str | None:
    """The name of the database whose SQL this is, if it is plainly another's."""
    if len(text) > _MOST:
        return None
    code = "".join(
        text[piece.start : piece.end] for piece in pieces(text) if piece.part is not Part.COMMENT
    )
    marked = {name: len(mark.findall(code)) for name, mark in _MARKS.items()}
    for name in sorted(_NAMES, key=lambda each: -marked[each]):
        if marked[name] and _reads_as(name, code):
            return _NAMES[name]
    return None


def _reads_as(dialect: str, code: str) -> bool:
    import logging

    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        sqlglot.parse(code, dialect=dialect)
    except (SqlglotError, RecursionError):
        return False
    return True
