"""A new enum value is sorted last unless it is given a place.

ORDER BY and comparisons go by the order in which the values are declared, so lists that are sorted
by the column may show the new value where nobody expects it.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.types.enums import is_new_type
from bot.sql.actions import AddEnumValue

SEVERITY = None

ABOUT = (AddEnumValue,)

FIX = "Say where it belongs: ADD VALUE '…' AFTER '…', or BEFORE."

BEFORE = """
CREATE TYPE "Priority" AS ENUM ('LOW', 'HIGH');
"""

BAD = """
ALTER TYPE "Priority" ADD VALUE 'MIDDLE';
"""

GOOD = """
CREATE TYPE "Urgency" AS ENUM ('LOW', 'MIDDLE', 'HIGH');
"""

QUIET = [
    "ALTER TYPE \"Priority\" ADD VALUE 'MIDDLE' AFTER 'LOW';",
    "ALTER TYPE \"Priority\" ADD VALUE 'NONE' BEFORE 'LOW';",
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b';",
    "ALTER TYPE \"Priority\" RENAME VALUE 'LOW' TO 'LITTLE';",
]


def check(statement: Statement, context: Context) -> Hits:
    for added in context.all(AddEnumValue):
        placed = "newValNeighbor" in statement.tree
        if not placed and not is_new_type(added.name, context):
            yield Hit(
                f"'{added.value}' sorts after all other values of {shown(added.name)}.", about=added
            )
