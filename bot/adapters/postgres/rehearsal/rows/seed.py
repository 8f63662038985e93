"""The rows of a seed script: all of its statements in one transaction, or none of them."""

import re
from collections.abc import Callable, Sequence

import psycopg
from psycopg.pq import TransactionStatus

from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.rehearsal.guard import Guard

# Its own transaction is ours.
_AROUND = re.compile(r"\s*(begin|start\s+transaction|commit(?!\s+prepared)|end)\b", re.IGNORECASE)
_ENDING = re.compile(
    r"\s*(rollback|abort)\b(?!\s+(work\s+|transaction\s+)?to\b)|\s*prepare\s+transaction\b",
    re.IGNORECASE,
)


def seed(
    connection: Connection,
    statements: Sequence[str],
    guard: Guard,
    note: Callable[[str], None],
) -> tuple[str, ...]:
    """What was refused, a line; nothing of the script stays then."""
    note(f"running the seed script, {len(statements)} statements")
    connection.execute(b"BEGIN")
    for place, statement in enumerate(statements, start=1):
        refused = _refusal(connection, statement, guard)
        if refused:
            if not connection.closed:
                connection.execute(b"ROLLBACK")
            return (f"the seed script was refused at statement {place}: {refused}",)
    return _committed(connection, guard)


def _refusal(connection: Connection, statement: str, guard: Guard) -> str:
    if guard.exhausted:
        return "no time was left"
    if _AROUND.match(statement):
        return ""
    if _ENDING.match(statement):
        return "it takes back what it did"
    try:
        with guard.watching(connection):
            connection.execute(statement.encode())
    except psycopg.Error as error:
        stopped = guard.stopped
        return f"it was stopped ({stopped})" if stopped else _said(error)
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        return "it ends its transaction"
    return ""


def _committed(connection: Connection, guard: Guard) -> tuple[str, ...]:
    """Constraints that are deferred are looked at only now."""
    try:
        with guard.watching(connection):
            connection.execute(b"COMMIT")
    except psycopg.Error as error:
        return (f"the seed script was refused at its end: {_said(error)}",)
    return ()


def _said(error: psycopg.Error) -> str:
    return explain(error, "run it").message.removesuffix(".")
