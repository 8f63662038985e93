"""PostgreSQL refuses some changes of a column's type.

It does so while a view or a generated column uses the column, and where it does not know how to
convert the values, or the default, by itself. The deployment stops there.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import View
from bot.judge.context import Context, shown
from bot.sql.actions import AlterColumnType, DropDefault
from bot.sql.values import Column, Type

SEVERITY = Severity.ERROR

ABOUT = (AlterColumnType,)

FIX = (
    "Say how to convert the values with USING; drop the default or the view before, and create it "
    "again after, in the same migration."
)

BEFORE = """
CREATE TYPE "Role" AS ENUM ('A', 'B');
CREATE TABLE "User" (
    "id" INTEGER NOT NULL, "role" TEXT, "kind" "Role" DEFAULT 'A', "seen" VARCHAR(20), "age" TEXT
);
CREATE VIEW "Seen" AS SELECT "id", "seen" FROM "User";
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "role" SET DATA TYPE "Role";
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "roleNew" "Role";
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role" USING "role"::"Role";',
    'ALTER TABLE "User" ALTER COLUMN "kind" DROP DEFAULT; '
    'ALTER TABLE "User" ALTER COLUMN "kind" TYPE INT USING 1;',
    'ALTER TABLE "User" ALTER "kind" DROP DEFAULT, ALTER "kind" TYPE INT USING 1;',
    'DROP VIEW "Seen"; ALTER TABLE "User" ALTER COLUMN "seen" TYPE TEXT;',
    'ALTER TABLE "User" ALTER COLUMN "role" TYPE VARCHAR(5);',
    'ALTER TABLE "User" ALTER COLUMN "kind" TYPE TEXT;',
    'ALTER TABLE "User" ALTER COLUMN "role" TYPE "Unknown";',
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER a TYPE TEXT;",
]

_TEXTS = ("text", "varchar", "bpchar", "name")
# Within one family PostgreSQL converts without being told how. What is in none is not judged.
_FAMILIES = {
    name: family
    for family, names in {
        "text": _TEXTS,
        "number": ("int2", "int4", "int8", "float4", "float8", "numeric"),
        "time": ("date", "timestamp", "timestamptz"),
        "bool": ("bool",),
        "uuid": ("uuid",),
        "json": ("json", "jsonb"),
        "bytes": ("bytea",),
    }.items()
    for name in names
}


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AlterColumnType):
        column = context.catalogue.column(action.table, action.name)
        if column and not context.file.baseline:
            for reason in _reasons(action, column, context):
                yield f"PostgreSQL refuses to change {shown(action.table)}.{action.name}: {reason}."


def _reasons(action: AlterColumnType, column: Column, context: Context) -> Iterator[str]:
    catalogue = context.catalogue
    for view in catalogue.views.values():
        if _uses(view, action, catalogue):
            yield f"the view {shown(view.name)} uses it"
    table = catalogue.tables[action.table]
    for each in table.columns.values():
        if action.name in each.computed_from:
            yield f"{each.name} is worked out from it"
    if _converts(column.type, action.type, catalogue):
        return
    if action.using is None:
        yield f"it cannot turn {column.type} into {action.type} without being told how"
    elif column.default and column.default.constant != "null" and not _dropped(action, context):
        yield f"it cannot turn the default into {action.type}"


def _uses(view: View, action: AlterColumnType, catalogue: Catalogue) -> bool:
    """Whether a view surely uses a column: a name that its other tables have too may be theirs."""
    if action.table not in view.reads:
        return False
    others = [name for name in view.reads if name != action.table]
    return action.name in view.columns and not any(
        catalogue.column(name, action.name) for name in others
    )


def _converts(old: Type, new: Type, catalogue: Catalogue) -> bool:
    """Whether PostgreSQL converts by itself; True where that is not known."""
    before, after = _family(old, catalogue), _family(new, catalogue)
    if None in (before, after):
        return True
    if after == "text" and not new.dimensions:
        return True
    return before == after and bool(old.dimensions) == bool(new.dimensions)


def _family(type_: Type, catalogue: Catalogue) -> str | None:
    return type_.name if type_.name in catalogue.enums else _FAMILIES.get(type_.name)


def _dropped(action: AlterColumnType, context: Context) -> bool:
    dropped = context.all(DropDefault)
    return any((each.table, each.name) == (action.table, action.name) for each in dropped)
