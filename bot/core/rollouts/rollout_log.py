"""What a rollout writes for machines to read: one event a line, each with the fields of its kind.

docs/reference/rollout-log.md tells the same to people, and a test holds the two together.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from bot.core.instant import instant

# Counted up when a field changes its meaning or goes; new events and fields may come at any time.
SCHEMA = 1

Value = str | int | float | bool | None | list[str]


class Event(StrEnum):
    """In the order in which a rollout comes by them."""

    STARTED = "started"
    CONNECTED = "connected"
    RECONNECT = "reconnect"
    LOCK_WAIT = "lock-wait"
    LOCKED = "locked"
    PLAN = "plan"
    GATE = "gate"
    REPLICA_WAIT = "replica-wait"
    DRIFT = "drift"
    BACKUP = "backup"
    MIGRATION_BEGIN = "migration-begin"
    STATEMENT = "statement"
    HEARTBEAT = "heartbeat"
    BLOCKED = "blocked"
    RETRY = "retry"
    BATCH = "batch"
    SEGMENT = "segment"
    MIGRATION_END = "migration-end"
    VERIFY = "verify"
    STOPPED = "stopped"
    DONE = "done"


# What every line has.
COMMON = {
    "schema": f"The version of this format, now {SCHEMA}",
    "time": "When it happened by the clock of the machine that runs the bot, in UTC",
    "run": "The same for every line of one rollout",
    "target": "The target's name",
    "event": "What happened",
}

# What the lines of each kind have besides.
FIELDS: Mapping[Event, Mapping[str, str]] = {
    Event.STARTED: {"version": "The bot's version", "pid": "Its process"},
    Event.CONNECTED: {
        "server": "The server's version",
        "database": "The database's name",
        "backend": "The process of our session on the server",
    },
    Event.RECONNECT: {
        "message": "How the connection was lost, or why there was none",
        "seconds": "How long it waits before it tries again",
    },
    Event.LOCK_WAIT: {"message": "Who holds the migration lock, in words"},
    Event.LOCKED: {"seconds": "How long the migration lock was waited for"},
    Event.PLAN: {
        "pending": "The names of the migrations to apply, in order",
        "interrupted": "Those of them that an earlier run has begun",
        "applied": "How many are applied already",
        "digest": "The plan's digest",
        "agrees": "Whether target and history tell the same story",
    },
    Event.GATE: {
        "gate": "Its name",
        "open": "Whether it lets the rollout through",
        "reason": "Why",
    },
    Event.REPLICA_WAIT: {
        "migration": "The one whose batches wait; empty before the first migration",
        "message": "Who is behind, and how far, in words",
    },
    Event.DRIFT: {
        "mode": "refuse, report or off",
        "looked": "Whether the schema was compared with what the history makes",
        "reason": "Why it was not, if it was not",
        "differences": "What differs, a line each",
        "more": "How many more lines there would be",
        "seconds": "How long it took to find out",
    },
    Event.BACKUP: {
        "id": "The backup's name",
        "size": "Its bytes",
        "seconds": "How long taking and proving it took",
        "proof": "How it was proved",
    },
    Event.MIGRATION_BEGIN: {
        "migration": "Its name",
        "place": "Which of the pending ones it is, from 1",
        "of": "How many are pending",
        "checksum": "The checksum of its text",
        "resumed": "Whether it goes on where an earlier run stopped",
    },
    Event.STATEMENT: {
        "migration": "Its name",
        "index": "The statement's place in its file, from 0",
        "line": "The line it begins on",
        "kind": "What kind of statement it is",
        "seconds": "How long it took. Not committed yet: that is what `segment` and "
        "`migration-end` tell",
        "rows": "How many rows it changed",
    },
    Event.HEARTBEAT: {
        "migration": "Its name",
        "line": "The line of the statement that runs",
        "kind": "What kind of statement it is",
        "seconds": "How long it has run",
        "wait": "What the server says it waits for; empty if it works",
        "blockers": "The sessions it waits for, in words",
        "phase": "What the server says it is at, if it says",
        "percent": "How far it is with that, null if the server does not say",
    },
    Event.BLOCKED: {"migration": "Its name", "message": "Who is in the way, in words"},
    Event.RETRY: {
        "migration": "Its name",
        "attempt": "The number of the attempt that was given up",
        "message": "Why the one before was given up",
    },
    Event.BATCH: {
        "migration": "Its name",
        "line": "The line of the statement that goes in batches",
        "rows": "How many of its rows are behind the checkpoint that is committed, with those of "
        "earlier runs",
        "changed": "How many rows this batch changed",
        "expected": "About how many rows there are",
    },
    Event.SEGMENT: {
        "migration": "Its name",
        "segment": "Which of its segments is committed, from 1",
        "of": "How many it has",
    },
    Event.MIGRATION_END: {
        "migration": "Its name",
        "seconds": "How long it took",
        "attempts": "How often its longest-fought transaction was begun",
    },
    Event.VERIFY: {
        "what": "rows, indexes, catalogue or queries",
        "fine": "Whether it is as it should be; null if it could not be looked at",
        "message": "What is not, or why it could not be looked at",
    },
    Event.STOPPED: {
        "code": "The exit code",
        "error": "The kind of error",
        "message": "What happened",
        "hint": "What to do next",
        "migration": "The migration that was begun and not finished, null if there is none",
        "applied": "The names of those that this run has applied",
    },
    Event.DONE: {
        "applied": "The names of those that this run has applied",
        "seconds": "How long the rollout took",
    },
}


def document(
    event: Event, *, at: datetime, run: str, target: str, fields: Mapping[str, Value]
) -> dict[str, Value]:
    """One line's content. Raises KeyError for a field that the event does not have."""
    known = FIELDS[event]
    for name in fields:
        if name not in known:
            raise KeyError(name)
    time = instant(at)
    head: dict[str, Value] = {"schema": SCHEMA, "time": time, "run": run, "target": target}
    return {**head, "event": event.value, **fields}


def line_of(content: Mapping[str, Value], clean: Callable[[str], str]) -> str:
    """As it is written. Texts are cleaned one by one: what is struck out of a whole line might
    leave something that is not JSON."""
    return json.dumps(cleaned(content, clean), ensure_ascii=False, separators=(",", ":"))


def cleaned(content: Mapping[str, Value], clean: Callable[[str], str]) -> dict[str, Value]:
    return {name: _cleaned(value, clean) for name, value in content.items()}


def _cleaned(value: Value, clean: Callable[[str], str]) -> Value:
    if isinstance(value, str):
        return clean(value)
    return [clean(each) for each in value] if isinstance(value, list) else value
