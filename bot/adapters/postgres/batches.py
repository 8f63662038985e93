"""What a database says about a change that is to run in batches: its key, and what forbids it.

Batches do what the whole statement does only if none of them can see what the ones before it have
changed. What the text cannot tell about that, the catalogue does.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.adapters.postgres.connection import Connection, explained
from bot.core.rollouts.batching import Chosen, DataChange, Key, KeyColumn
from bot.errors import PostgresError, UsageError

_FACTS = Path(__file__).with_name("batches.sql").read_text(encoding="utf-8")
_HINT = (
    "Take the comment that asks for batches out and run it whole, or change the rows from a script."
)


def key_of(connection: Connection, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
    """By which a change is cut into batches; None if its table is not there yet.

    `wanted` are the columns it was cut by before. Raises UsageError if it cannot be.
    """
    with explained("look at the table of the batches"):
        found = connection.execute(
            _FACTS.encode(),
            {
                "table": change.table,
                "verb": change.verb,
                "only": change.only,
                "sets": list(change.sets),
                "reads": list(change.reads),
                "functions": list(change.functions),
                "choosing": list(change.choosing),
            },
        ).fetchone()
    if found is None:
        return None
    reasons, keys = found
    if reasons:
        raise UsageError(f"{change.table} cannot be changed in batches: {reasons[0]}.", hint=_HINT)
    return _chosen_key(change, keys, tuple(wanted))


def _chosen_key(change: DataChange, found: Any, wanted: tuple[str, ...]) -> Key:
    keys = [Key(tuple(KeyColumn(*each) for each in columns)) for columns in found or ()]
    if wanted:
        keys = [each for each in keys if each.names == wanted]
        if not keys:
            raise UsageError(
                f"{change.table} was changed in batches by its key ({', '.join(wanted)}), which it "
                "does not have any more.",
                hint="Give it that key back, and run it again.",
            )
    if not keys:
        raise UsageError(
            f"{change.table} cannot be changed in batches: it has no key whose columns are never "
            "null.",
            hint="Give it a primary key, or run the statement whole.",
        )
    free = [each for each in keys if not set(each.names) & set(change.sets)]
    if not free:
        raise UsageError(
            f"{change.table} cannot be changed in batches: the statement sets "
            f"{', '.join(keys[0].names)}, which is its key.",
            hint=_HINT,
        )
    return free[0]


def choose(
    connection: Connection, change: DataChange, key: Key, after: Sequence[str] | None, size: int
) -> Chosen | None:
    """The next batch; None if no row is left. Raises PostgresError."""
    with explained("choose the next rows"):
        row = connection.execute(change.choose(key, after, size).encode()).fetchone()
    if row is None:
        return None
    rows, same, *last = row
    if not same:
        raise PostgresError(
            f"The key of {change.table} cannot be kept as text: PostgreSQL reads another value "
            "back.",
            hint="Give the table a key of another type, or run the statement whole.",
        )
    return Chosen(tuple(last), rows)


def expected_rows(connection: Connection, change: DataChange) -> int:
    """How many rows the planner thinks will be changed."""
    with explained("estimate the rows"):
        query = f"EXPLAIN (FORMAT JSON) {change.all_matching()}".encode()
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0][0]["Plan"]["Plan Rows"])
