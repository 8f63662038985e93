"""Which other database a file was written for, where PostgreSQL's grammar refuses it.

Some words no PostgreSQL file contains outside its data and comments: they are enough. Others might
stand in one that is merely mistyped; they count only if that dialect's parser reads all of the
file, because sqlglot forgives enough to read a mistyped PostgreSQL file as almost anything.
"""

import re
from dataclasses import dataclass
from itertools import islice

from bot.sql.lexer import Part, pieces


@dataclass(frozen=True)
class _Dialect:
    """`sure` are marks that are enough, `likely` those that the parser must confirm."""

    name: str
    parser: str
    sure: re.Pattern[str]
    likely: re.Pattern[str]


def _marks(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


_DIALECTS = (
    _Dialect(
        "MySQL",
        "mysql",
        _marks(
            r"`[^`\n]+`",
            r"\bAUTO_INCREMENT\b",
            r"\bENGINE\s?=\s?(?:InnoDB|MyISAM|MEMORY|ARCHIVE)\b",
            r"\b(?:CHARSET|CHARACTER SET)\s?=?\s?utf8(?:mb[34])?\b",
            r"\bON DUPLICATE KEY\b",
            r"\bINSERT IGNORE\b",
            r"^[ \t]*DELIMITER\b",
            r"\bMODIFY COLUMN\b",
            r"\bCHANGE COLUMN\b",
            r"\bDROP FOREIGN KEY\b",
            r"^[ \t]*(?:UN)?LOCK TABLES\b",
            r"^[ \t]*SHOW (?:TABLES|DATABASES)\b",
            r"\b(?:TINY|MEDIUM|LONG)(?:INT|TEXT|BLOB)\b",
            r"\bON UPDATE (?:CURRENT_TIMESTAMP|NOW)\b",
        ),
        _marks(
            r"\bENGINE\s?=", r"\bUNSIGNED\b", r"\bMODIFY\b", r"\bCHANGE\b", r"^[ \t]*#",
            r"\bDROP INDEX \w+ ON\b", r"\bLIMIT \d+\s*(?:;|\Z)",
        ),
    ),
    _Dialect(
        "SQLite",
        "sqlite",
        _marks(
            r"\bAUTOINCREMENT\b",
            r"^[ \t]*PRAGMA\b",
            r"\bWITHOUT ROWID\b",
            r"\b(?:INSERT|UPDATE) OR (?:REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b",
            r"^[ \t]*(?:ATTACH|DETACH) DATABASE\b",
            r"\bCREATE VIRTUAL TABLE\b",
        ),
        _marks(r"\bPRAGMA\b", r"\bATTACH\b", r"`"),
    ),
    _Dialect(
        "SQL Server (T-SQL)",
        "tsql",
        _marks(
            r"(?<![\w\])\"])\[[A-Za-z_]\w*\](?:\.|\s*\(|\s+(?:N?VARCHAR|INT|BIT|DATETIME2?)\b)",
            r"\bIDENTITY\s?\(\s?\d",
            r"\bNVARCHAR\s?\(",
            r"\bBEGIN (?:TRY|CATCH|TRAN)\b",
            r"\b(?:NON)?CLUSTERED\b",
            r"@@\w",
            r"\bDECLARE @\w",
            r"\bSELECT TOP\b",
            r"\bEXEC(?:UTE)? sp_\w",
            r"\bsys\.(?:tables|objects|columns|indexes|schemas)\b",
            r"\bOBJECT_ID\s?\(",
            r"\b(?:DATETIME2|UNIQUEIDENTIFIER|DATETIMEOFFSET)\b",
        ),
        _marks(r"\[\w+\]", r"\bNVARCHAR\b", r"^[ \t]*GO[ \t]*;?[ \t\r]*$", r"\bdbo\."),
    ),
    _Dialect(
        "Oracle",
        "oracle",
        _marks(
            r"\bN?VARCHAR2\b",
            r"\bEXECUTE IMMEDIATE\b",
            r"\bFROM DUAL\b",
            r"\bCONNECT BY\b",
            r"\b\w+\.NEXTVAL\b",
            r":(?:new|old)\.\w",
            r"\bON NULL AS IDENTITY\b",
            r"\bPCTFREE\b",
        ),
        _marks(r"\bNUMBER\s?\(", r"^/[ \t\r]*$", r"\bMODIFY\s?\(", r"\bSYSDATE\b", r"\bCLOB\b"),
    ),
)  # fmt: skip
_MOST = 200_000
_ENOUGH = 100


def foreign_dialect(text: str) -> str | None:
    """The name of the database whose SQL this is, if it is plainly another's."""
    if len(text) > _MOST:
        return None
    cut = list(pieces(text))
    code = "".join(_bare(text[each.start : each.end], each.part) for each in cut)
    sure = {each.name: _count(each.sure, code) for each in _DIALECTS}
    name, most = max(sure.items(), key=lambda each: each[1])
    if most:
        return name
    likely = [each for each in _DIALECTS if each.likely.search(code)]
    if not likely:
        return None
    whole = "".join(text[each.start : each.end] for each in cut if each.part is not Part.COMMENT)
    return next((each.name for each in likely if _reads_as(each.parser, whole)), None)


def _bare(written: str, part: Part) -> str:
    if part is Part.SPACE:
        return "\n" if "\n" in written else " "
    return {Part.COMMENT: " ", Part.LITERAL: "''", Part.NAME: '""'}.get(part, written)


def _count(marks: re.Pattern[str], code: str) -> int:
    return sum(1 for _ in islice(marks.finditer(code), _ENOUGH))


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
