"""The file is not SQL that PostgreSQL can read.

The migration would fail on every database, production included.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import AddColumn, AlterColumnType, CreateTable
from bot.sql.expressions import nodes

SEVERITY = Severity.ERROR

FIX = "Correct the statement at the place shown."

BAD = """
ALTER TABEL "User" ADD COLUMN "name" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "name" TEXT;
"""

QUIET = [
    "SELECT 1",
    "",
    "-- nothing to do",
    "CREATE DOMAIN datetime AS timestamptz; CREATE TABLE e (id INT PRIMARY KEY, at datetime);",
    "PREPARE one (INT) AS SELECT $1;",
    "CREATE FUNCTION twice(INT) RETURNS INT LANGUAGE sql RETURN $1 * 2;",
]

# The grammar takes any name for a type.
_FOREIGN_TYPES = {
    "datetime": "MySQL, SQLite and SQL Server",
    "datetime2": "SQL Server",
    "datetimeoffset": "SQL Server",
    "uniqueidentifier": "SQL Server",
    "nvarchar": "SQL Server",
    "number": "Oracle",
    "varchar2": "Oracle",
    "nvarchar2": "Oracle",
    "clob": "Oracle",
    "tinyint": "MySQL and SQL Server",
    "mediumint": "MySQL",
    "tinytext": "MySQL",
    "mediumtext": "MySQL",
    "longtext": "MySQL",
    "tinyblob": "MySQL",
    "mediumblob": "MySQL",
    "longblob": "MySQL",
}
_PARAMETER = re.compile(r"\$[0-9]")
_HAVE_PARAMETERS = ("PrepareStmt", "CreateFunctionStmt")


def check(statement: Statement, context: Context) -> Hits:
    """What the grammar takes, as it takes any name and any parameter, and every server refuses."""
    for number in dict.fromkeys(_parameters(statement)):
        yield f"${number} is a parameter, and nobody gives it a value in a migration."
    for name in dict.fromkeys(_types(context)):
        bare = name.removeprefix("public.")
        if bare in _FOREIGN_TYPES and not _known(name, context):
            yield f"{bare} is a type of {_FOREIGN_TYPES[bare]}; PostgreSQL has none of that name."


def _parameters(statement: Statement) -> Iterator[int]:
    if statement.node not in _HAVE_PARAMETERS and _PARAMETER.search(statement.sql):
        for node, fields in nodes(statement.tree):
            if node == "ParamRef":
                yield fields.get("number", 0)


def _types(context: Context) -> Iterator[str]:
    for created in context.all(CreateTable):
        yield from (column.type.name for column in created.columns)
    for added in context.all(AddColumn):
        yield added.column.type.name
    for changed in context.all(AlterColumnType):
        yield changed.type.name


def _known(name: str, context: Context) -> bool:
    catalogue = context.catalogue
    return name in catalogue.domains or any(name == born for _, born in catalogue.births)
