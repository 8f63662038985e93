"""A foreign key between columns of different types, across schemas or in a circle makes trouble.

With different types, joins and checks convert each value, which can keep them from using an index,
and one side may hold values that the other cannot. In a circle of required references no first row
can be inserted. And a foreign key into another schema ties the two together for good.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.foreign_keys import ForeignKey, foreign_keys_of
from bot.sql.actions import AddColumn, AddConstraint, CreateTable
from bot.sql.values import Column, Constraint

SEVERITY = Severity.NOTICE

ABOUT = (AddColumn, AddConstraint, CreateTable)

FIX = (
    "Give both columns the same type; make one reference of a circle optional or DEFERRABLE "
    "INITIALLY DEFERRED."
)

BEFORE = """
CREATE TABLE "User" ("id" BIGINT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Team" ("id" TEXT PRIMARY KEY, "ownerId" INT NOT NULL, "leadId" TEXT NOT NULL);
CREATE TABLE "Member" ("id" TEXT PRIMARY KEY, "teamId" TEXT NOT NULL REFERENCES "Team"("id"));
"""

BAD = """
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" INTEGER NOT NULL UNIQUE REFERENCES "User"("id") ON DELETE CASCADE
);
"""

GOOD = """
CREATE TABLE "Device" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "DeviceKey" (
    "deviceId" BIGINT NOT NULL PRIMARY KEY REFERENCES "Device"("id") ON DELETE RESTRICT
);
"""

QUIET = [
    'CREATE TABLE n (u BIGINT UNIQUE REFERENCES "User"(id));',
    'CREATE TABLE n (u BIGINT UNIQUE REFERENCES "User");',
    "CREATE TABLE n (a VARCHAR(30) UNIQUE, b TEXT UNIQUE REFERENCES n(a));",
    'ALTER TABLE "Team" ADD FOREIGN KEY ("leadId") REFERENCES "Member"("id") '
    "DEFERRABLE INITIALLY DEFERRED;",
    "CREATE TABLE n (id INT PRIMARY KEY, up INT NOT NULL UNIQUE REFERENCES n(id));",
    "CREATE TABLE n (u INT UNIQUE REFERENCES nobody_knows(id));",
]

_STRINGS = ("text", "varchar")


def check(statement: Statement, context: Context) -> Hits:
    for key in foreign_keys_of(context.step):
        parent = key.constraint.references or ""
        child_schema, parent_schema = (name.partition(".")[0] for name in (key.table, parent))
        if child_schema != parent_schema and not context.file.baseline:
            yield Hit(
                f"{shown(key.table)} refers to {shown(parent)}, which is in another schema.",
                about=key.constraint,
            )
        yield from (Hit(each, about=key.constraint) for each in _types(key, parent, context))
        if parent != key.table and _required(key, context) and _leads_back(key, context):
            yield Hit(
                f"{shown(key.table)} and {shown(parent)} require each other, so that neither can "
                "have a first row.",
                about=key.constraint,
            )


def _types(key: ForeignKey, parent: str, context: Context) -> Iterator[str]:
    referenced = key.constraint.referenced or context.catalogue.primary_key_of(parent)
    for mine, other in zip(key.columns, referenced, strict=False):
        one, two = _column(key.table, mine, context), _column(parent, other, context)
        if one and two and _kind(one, context) != _kind(two, context):
            yield (
                f"{shown(key.table)}.{mine} is {one.type}, but {shown(parent)}.{other}, to which "
                f"it refers, is {two.type}."
            )


def _kind(column: Column, context: Context) -> tuple[str, int]:
    domain = context.catalogue.domains.get(column.type.name)
    name = (domain.type if domain else column.type).name
    return "text" if name in _STRINGS else name, column.type.dimensions


def _column(table: str, name: str, context: Context) -> Column | None:
    """As the statement itself creates it, or as it was there before."""
    from_here = (
        column
        for created in context.all(CreateTable)
        if created.table == table
        for column in created.columns
        if column.name == name
    )
    return next(from_here, None) or context.catalogue.column(table, name)


def _required(key: ForeignKey, context: Context) -> bool:
    columns = [_column(key.table, name, context) for name in key.columns]
    return _immediate(key.constraint) and all(each and each.not_null for each in columns)


def _immediate(constraint: Constraint) -> bool:
    return not constraint.deferrable and constraint.enforced


def _leads_back(key: ForeignKey, context: Context) -> bool:
    """Whether required references lead from the other table to this one."""
    seen: set[str] = set()
    waiting = [key.constraint.references or ""]
    while waiting:
        name = waiting.pop()
        if name == key.table:
            return True
        table = context.catalogue.tables.get(name)
        if table is None or name in seen:
            continue
        seen.add(name)
        for each in table.foreign_keys():
            columns = [table.columns.get(column) for column in each.columns]
            if _immediate(each) and all(column and column.not_null for column in columns):
                waiting.append(each.references or "")
    return False
