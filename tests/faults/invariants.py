"""What must hold after every fault, whatever it was; each answer is a list of what does not."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bot.core.rollouts.checkpoint import read_checkpoint
from tests.faults.runner import Ending
from tests.faults.stories import Story

# A backend whose client has gone needs a moment to notice.
LEAVING = 5.0

Connection = psycopg.Connection[Any]

_TABLE = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = '_prisma_migrations')"
_ROWS = """
SELECT id, finished_at, applied_steps_count, logs FROM public._prisma_migrations
 WHERE migration_name = %s AND rolled_back_at IS NULL
"""
_LEFT_IN_SCHEMA = """
SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid
UNION ALL SELECT 'left-over ' || relname FROM pg_class WHERE relname ~ '_cc(new|old)[0-9]*$'
UNION ALL SELECT 'detach pending of ' || inhrelid::regclass FROM pg_inherits WHERE inhdetachpending
UNION ALL SELECT 'temporary ' || relname FROM pg_class
           WHERE relpersistence = 't' AND relnamespace::regnamespace::text !~ '^pg_toast'
UNION ALL SELECT 'not valid ' || conname FROM pg_constraint WHERE NOT convalidated
"""
_LEFT_IN_SERVER = """
SELECT 'advisory lock of ' || pid FROM pg_locks
 WHERE locktype = 'advisory'
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL SELECT format('backend %s (%s): %s', application_name, state, query)
  FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'migration-bot%'
UNION ALL SELECT 'prepared ' || gid FROM pg_prepared_xacts WHERE database = current_database()
"""
# Everything that a double or a missing execution would change, in words that do not depend on when.
_CONTENT = """
SELECT 'column ' || concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conname || pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'label ' || enumlabel FROM pg_enum
UNION ALL SELECT 'part ' || inhrelid::regclass FROM pg_inherits
UNION ALL SELECT 'comment ' || description FROM pg_description
           WHERE classoid = 'pg_class'::regclass AND objoid >= 16384 AND objsubid > 0
"""


@dataclass(frozen=True)
class State:
    """The row of a file and its effects, seen in one snapshot. `steps` is None without a row;
    `effects` has for each segment whether it is done, None where that cannot be seen."""

    steps: int | None
    finished: bool
    logs: str | None
    effects: tuple[bool | None, ...]
    rows: int
    batched: Mapping[int, int] = field(default_factory=dict)


def look(url: str, story: Story) -> State:
    """One snapshot, so that it is consistent even while something is still at work."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows = _rows(connection, story.file.name)
        effects = tuple(
            None if each is None else _true(connection, f"SELECT {each}")
            for each in story.witnesses
        )
        batched = {
            segment: int(connection.execute(each.encode()).fetchall()[0][0])
            for segment, each in story.batched.items()
        }
    _, finished, steps, logs = rows[0] if rows else (None, None, None, None)
    return State(steps, finished is not None, logs, effects, len(rows), batched)


def after_crash(state: State, story: Story) -> Iterator[str]:
    """The row and the schema must agree at once, not only after the next run."""
    if state.rows > 1:
        yield f"{state.rows} rows"
    if state.steps is None:
        if any(state.effects):
            yield f"no row, and yet {state.effects}"
    elif state.finished:
        if state.steps != 1 or state.logs is not None or False in state.effects:
            yield f"finished with {state}"
    elif story.atomic:
        yield f"a row that is not finished: {state}"
    else:
        yield from _in_parts(state, story)


def _in_parts(state: State, story: Story) -> Iterator[str]:
    assert state.steps is not None
    checkpoint = read_checkpoint(state.logs)
    if checkpoint is None or checkpoint.steps != state.steps:
        yield f"{state.steps} steps, and a checkpoint that says {state.logs}"
    if False in state.effects[: state.steps]:
        yield f"{state.steps} steps, and not all done: {state.effects}"
    if True in state.effects[state.steps + 1 :]:
        yield f"{state.steps} steps, and more is done: {state.effects}"
    if state.steps < len(state.effects) and state.effects[state.steps]:
        intent = checkpoint and checkpoint.intent
        batch = checkpoint and checkpoint.batch
        begun = intent or batch
        if not begun or begun.segment != state.steps:
            yield f"segment {state.steps} is done, not counted, and not intended: {state}"

    if state.steps in state.batched:
        counted = checkpoint.batch.rows if checkpoint and checkpoint.batch else 0
        if counted != state.batched[state.steps]:
            yield f"{state.batched[state.steps]} rows are changed, and not {counted}: {state}"


def after_convergence(url: str, story: Story, expected: Sequence[str]) -> Iterator[str]:
    """Everything is as in a run that nobody disturbed, and nobody of us is left."""
    yield from after_crash(state := look(url, story), story)
    if not state.finished:
        yield f"not finished: {state}"
    with psycopg.connect(url, autocommit=True) as connection:
        found = content(connection)
        if found != list(expected):
            lost, more = set(expected) - set(found), set(found) - set(expected)
            yield f"lacks {sorted(lost)}, has {sorted(more)}"
        yield from left_in_schema(connection)
        yield from left_in_server(connection)


def content(connection: Connection) -> list[str]:
    """The schema in words, every row of every table, and the rows of the migrations table without
    ids and times."""
    found = [str(row[0]) for row in connection.execute(_CONTENT)]
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p') AND relname <> '_prisma_migrations'"
    ).fetchall()
    for (table,) in tables:
        query = f'SELECT row_to_json(r)::text, count(*) FROM public."{table}" r GROUP BY 1'
        found += [f"{table} {text} x{count}" for text, count in connection.execute(query.encode())]
    if _true(connection, _TABLE):
        found += [
            f"row {row}"
            for row in connection.execute(
                "SELECT migration_name, checksum, finished_at IS NOT NULL, rolled_back_at IS NULL, "
                "logs, applied_steps_count FROM public._prisma_migrations"
            )
        ]
    return sorted(found)


def inside(url: str) -> list[str]:
    """The content of a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        return content(connection)


def left_in_schema(connection: Connection) -> list[str]:
    return [str(row[0]) for row in connection.execute(_LEFT_IN_SCHEMA)]


def left_in_server(connection: Connection) -> list[str]:
    """Locks and backends of ours, once they had a moment to go."""
    deadline = time.monotonic() + LEAVING
    while True:
        left = [str(row[0]) for row in connection.execute(_LEFT_IN_SERVER.encode())]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def message_is_true(ending: Ending, state: State, story: Story) -> Iterator[str]:
    """Whether what the runner said of the file is what is there. `state` is taken after its end."""
    if ending.error == "fault":
        yield f"a fault of the bot: {ending.message}"
    if ending.killed:
        return
    if ending.fine and not state.finished:
        yield f"said that all is applied: {state}"
    nothing = re.search(r"[Nn]othing (of \S+ was kept|was changed)", ending.message)
    if nothing and (state.steps or any(state.effects)):
        yield f"said {ending.message!r}: {state}"
    stays = re.search(r"Everything before line (\d+)", ending.message)
    if stays and (state.finished or not state.steps):
        yield f"said {ending.message!r}: {state}"
    if ending.error and not ending.hint:
        yield f"gave no hint with {ending.message!r}"


def checkpoint_text(state: State) -> dict[str, Any]:
    """The checkpoint as it stands in `logs`."""
    assert state.logs is not None
    text: dict[str, Any] = json.loads(state.logs)
    return text


def _rows(connection: Connection, name: str) -> list[Any]:
    if not _true(connection, _TABLE):
        return []
    return connection.execute(_ROWS, (name,)).fetchall()


def _true(connection: Connection, query: str) -> bool:
    row = connection.execute(query.encode()).fetchone()
    return bool(row and row[0])
