"""Why a statement was stopped, from what the server answered and what the guard did."""

import re
from types import MappingProxyType
from typing import Protocol

import psycopg

from bot.adapters.postgres.advice import hint_for, without_values
from bot.core.rehearsals.refusal import Refusal, Stop

MOST_CHARACTERS = 500

# Where the server's source sends what a function's author wrote, under any SQLSTATE.
_OWN_WORDS = ("exec_stmt_raise", "exec_stmt_assert")
_NOT_TOLD = "a function raised an exception, whose text may hold real values and is not shown"
_SAID_NOTHING = "the server closed the connection without a word"

_BY_STATE = MappingProxyType(
    {
        "53100": Stop.DISK,
        "53400": Stop.DISK,
        "53200": Stop.MEMORY,
        "57P01": Stop.CONNECTION,
        "57P05": Stop.CONNECTION,
        "25P03": Stop.CONNECTION,
        "25P04": Stop.CONNECTION,
        "57P02": Stop.SERVER,
        "57P03": Stop.SERVER,
        "58P01": Stop.NOT_POSSIBLE,
    }
)
# What the owner of the database is refused on objects of its own, it has refused itself.
_OWN_DOING = re.compile(
    r"^permission denied for (?:table|relation|view|materialized view|foreign table|sequence"
    r"|column|type|domain|schema|function|procedure|large object)s? "
    r"(?!pg_|lo_|dblink|information_schema)"
    r"|row-level security policy"
)
_MISSING = re.compile(
    r'^extension "[^"]*" (?:is not available|has no (?:installation|update))'
    r"|not supported (?:by|in) this (?:build|server|installation)|compiled without"
    r"|^unsupported XML feature|stands in for the extension"
)
# The operating system's words for the same; PostgreSQL has no code for the second.
_FULL = re.compile(r"No space left on device|File too large")
# The table of locks is as large here as in production.
_OWN_LIMITS = re.compile(r"^out of shared memory")
# What a server says of something that a newer major knows.
_UNKNOWN_TO_OLDER = ("42601", "42704", "42883", "42703", "42P01", "0A000")

_HINTS = MappingProxyType(
    {
        Stop.NOT_POSSIBLE: "A rehearsal has no superuser. Let it run where the statement can: "
        "`--postgres URL` names a server, whose role may be granted what is missing.",
        Stop.TIME: "It was ended. Make it do less at a time, or raise the limit under `rehearsal`.",
        Stop.DISK: "Make it write less at a time, or raise the limit under `rehearsal`.",
        Stop.MEMORY: "Make it hold less at a time, or raise the limit under `rehearsal`.",
        Stop.CONNECTION: "Take out what ends sessions: in production it would end the rollout.",
        Stop.SERVER: "Do not apply it before you know why: production would go down the same way.",
    }
)
_EXTENSION_HINT = (
    "Rehearse on a server that has the extension: `--postgres URL`, or the PostgreSQL whose "
    "programs MIGRATION_BOT_PG_BIN names."
)
_OLDER_HINT = (
    "The server is older than the target's PostgreSQL. Rehearse on the target's major: "
    "`--postgres URL`, or the PostgreSQL whose programs MIGRATION_BOT_PG_BIN names."
)


class Watcher(Protocol):
    """What is asked of the Guard."""

    @property
    def stopped(self) -> Stop | None: ...
    @property
    def discreet(self) -> bool: ...


def refusal_of(
    error: psycopg.Error, guard: Watcher, *, statement: int | None = None, older: bool = False
) -> Refusal:
    """`older` says that the server's major is below the target's."""
    sqlstate = error.diag.sqlstate or error.sqlstate
    primary = error.diag.message_primary
    if sqlstate is None and not isinstance(error, psycopg.OperationalError):
        # Our own side cannot go on with what the session has made of itself.
        stop, said = guard.stopped or Stop.REFUSED, str(error)
    else:
        stop = guard.stopped or _stop(sqlstate, primary or "", older=older)
        said = _SAID_NOTHING if primary is None else without_values(primary, sqlstate)
        if guard.discreet and error.diag.source_function in _OWN_WORDS:
            said = _NOT_TOLD
    return Refusal(
        stop=stop,
        message=shown(said),
        statement=statement,
        sqlstate=sqlstate,
        hint=_hint(stop, sqlstate, primary or ""),
    )


def shown(text: str) -> str:
    """One line of sane length, with a mark for every character that cannot be seen."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text.split()))
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1].rstrip() + "…"


def _stop(sqlstate: str | None, primary: str, *, older: bool) -> Stop:
    if sqlstate is None:
        # A session that is ended is told so; without a word it was a crash.
        return Stop.SERVER
    if sqlstate.startswith("08"):
        return Stop.CONNECTION
    missing = sqlstate in ("0A000", "42704") and _MISSING.search(primary)
    denied = sqlstate == "42501" and not _OWN_DOING.search(primary)
    if missing or denied or (older and sqlstate in _UNKNOWN_TO_OLDER):
        return Stop.NOT_POSSIBLE
    if _FULL.search(primary):
        return Stop.DISK
    if _OWN_LIMITS.search(primary):
        return Stop.REFUSED
    return _BY_STATE.get(sqlstate, Stop.REFUSED)


def _hint(stop: Stop, sqlstate: str | None, primary: str) -> str:
    if stop is Stop.REFUSED:
        return hint_for(sqlstate)
    if stop is Stop.NOT_POSSIBLE and (sqlstate == "58P01" or _MISSING.search(primary)):
        return _EXTENSION_HINT
    if stop is Stop.NOT_POSSIBLE and sqlstate != "42501":
        return _OLDER_HINT
    return _HINTS[stop]
