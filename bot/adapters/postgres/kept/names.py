"""Where kept rows are, and how their tables and columns are called.

A kept table has the names of the columns that it keeps; our own begin with OWN, which nobody's do.
"""

from bot.core.kept.table import KeptColumn
from bot.core.quoting import quoted
from bot.core.rollouts.audit import AUDIT_SCHEMA
from bot.core.rollouts.batching import literal

SCHEMA = AUDIT_SCHEMA
INDEX = f"{SCHEMA}.kept"
OWN = "migration_bot_"
ROW, TABLE, PLACE, WHY = (f"{OWN}{each}" for each in ("row", "table", "place", "why"))
AFTER, CONFLICTS, WAITING = "_after", "_conflicts", "_waiting"

# By these a text is read back as it was written, whatever a session, a role or a database has set.
EXACT = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}


def shelf_name(record: str, statement: int, number: int) -> str:
    """`record` is the id of the migration's row, `number` counts what one statement destroys."""
    return f"kept_{record.replace('-', '')[:12]}_{statement}_{number}"


def on_shelf(name: str) -> str:
    return f"{SCHEMA}.{quoted(name)}"


def stored(column: KeptColumn, source: str) -> str:
    """A value of it as it is kept, under its own name."""
    value = f"{source}.{quoted(column.name)}"
    return f"{value if column.plain else f'{value}::text'} AS {quoted(column.name)}"


def given(column: KeptColumn, source: str) -> str:
    """The kept value as its table has it."""
    value = f"{source}.{quoted(column.name)}"
    return value if column.plain else f"{value}::{column.type}"


def identity_of(table: str, key: tuple[KeptColumn, ...]) -> str:
    """What tells a table and its key columns from others of the same names, as JSON."""
    names = ", ".join(literal(each.name) for each in key)
    pairs = "jsonb_build_array(attrelid::int8, attnum) ORDER BY attnum"
    return (
        f"(SELECT coalesce(jsonb_agg({pairs}), '[]') FROM pg_catalog.pg_attribute "  # noqa: S608
        f"WHERE attrelid = pg_catalog.to_regclass({literal(table)}) AND NOT attisdropped "
        f"AND attname = ANY (ARRAY[{names}]::text[]))"
    )


def same_key(key: tuple[KeptColumn, ...], table: str, kept: str) -> str:
    return " AND ".join(f"{table}.{quoted(each.name)} = {given(each, kept)}" for each in key)
