"""The order of a table's columns decides how much of every row is padding.

PostgreSQL starts an eight byte number at a multiple of eight, and leaves the bytes before it empty.
On a table of a billion rows that is gigabytes; it can only be chosen when the table is created.
"""

from collections.abc import Iterable

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateTable
from bot.sql.values import Column

SEVERITY: Severity | None = None

FIX = "Put the widest columns first: BIGINT and TIMESTAMP, INTEGER, SMALLINT, BOOLEAN, then text."

BAD = """
CREATE TABLE "Flag" ("on" BOOLEAN, "id" BIGINT PRIMARY KEY, "seen" BOOLEAN, "at" TIMESTAMPTZ(3));
"""

GOOD = """
CREATE TABLE "Flag" ("id" BIGINT PRIMARY KEY, "at" TIMESTAMPTZ(3), "a" BOOLEAN, "b" BOOLEAN);
"""

QUIET = [
    "CREATE TABLE n (a BOOLEAN, id BIGINT);",
    "CREATE TABLE n (id INT PRIMARY KEY, name TEXT, at TIMESTAMP(3));",
    "CREATE TABLE n (id UUID PRIMARY KEY, a BIGINT, b INT, c INT);",
    "CREATE TEMP TABLE n (a BOOLEAN, b BIGINT, c BOOLEAN, d BIGINT);",
]

# Bytes and alignment of the types whose values all have one length.
_FIXED = {
    "bool": (1, 1), "int2": (2, 2), "int4": (4, 4), "int8": (8, 8), "float4": (4, 4),
    "float8": (8, 8), "date": (4, 4), "time": (8, 8), "timetz": (12, 8), "timestamp": (8, 8),
    "timestamptz": (8, 8), "interval": (16, 8), "uuid": (16, 1), "oid": (4, 4), "money": (8, 8),
}  # fmt: skip
_ROW = 8


def check(statement: Statement, context: Context) -> Hits:
    for created in context.all(CreateTable):
        if created.temporary or context.file.baseline:
            continue
        sizes = [_size(each) for each in created.columns]
        saved = _length(sizes) - _length(sorted(sizes, key=_widest_first))
        if saved > 0:
            yield Hit(
                f"{saved} bytes of every row of {shown(created.table)} are padding.", about=created
            )


def _size(column: Column) -> tuple[int, int]:
    """Bytes and alignment; (0, 0) for what may have any length."""
    return (0, 0) if column.type.dimensions else _FIXED.get(column.type.name, (0, 0))


def _widest_first(size: tuple[int, int]) -> int:
    return -size[1]


def _length(sizes: Iterable[tuple[int, int]]) -> int:
    """The bytes of a row's columns of fixed length, with the padding a row ends in.

    Where a value of another length ends is not known: those are left out of the count.
    """
    length = 0
    for size, alignment in sizes:
        if alignment:
            length += -length % alignment + size
    return length + -length % _ROW
