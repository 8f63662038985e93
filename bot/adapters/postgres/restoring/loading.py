"""A backup loaded into the database that is there: emptied, filled and compared in one transaction.

For roles that may not make a database. Until it commits, everybody waits who wants a table of it;
afterwards, or after any end on the way, the database is the one or the other.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.backups.dump import DUMP
from bot.adapters.postgres.backups.proof import expected_schema
from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.piping import say
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.restoring.emptying import empty
from bot.adapters.postgres.restoring.filling import compare, hint_of
from bot.adapters.postgres.tools import best_for_restore
from bot.core.backups.backup import Manifest, TableContent
from bot.core.restores.loss import TableLoss, counts_that_differ
from bot.core.restores.outcome import Step
from bot.core.targets.url import ConnectionUrl

_NOBODY = ConnectionUrl("", 0, "")
_SECTIONS = ("pre-data", "data", "post-data")
_COPY = re.compile(rb"COPY .* FROM stdin;\n")
_END_OF_COPY = b"\\.\n"
# Words for psql that newer pg_restore puts round its output, with one made-up name for each time.
_RESTRICTED = re.compile(rb"\A(?:--.*\n|\n)*(\\restrict ([A-Za-z0-9]+)\n)")
_FOR_PSQL = re.compile(rb"\\(?:un)?restrict [A-Za-z0-9]+\n")
_ROUND_LARGE_OBJECTS = (b"BEGIN;\n", b"COMMIT;\n")
_BLOCK = 1 << 16
_LOCK_TABLES = """
SELECT format('LOCK TABLE ONLY %I.%I IN ACCESS EXCLUSIVE MODE', n.nspname, c.relname)
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT 1 FROM pg_depend AS d
       WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1
"""
# A transaction that somebody has forgotten must not make everybody wait behind us.
_PATIENCE = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0"
# Whoever has made the database read-only, so that it gets no worse, means others.
_BEGINNING = f"SET TRANSACTION READ WRITE; {_PATIENCE}"


def load(
    connection: Connection,
    url: ConnectionUrl,
    manifest: Manifest,
    place: Path,
    *,
    owners: bool,
    note: Callable[[str], None],
    heard: Callable[[Step], None],
    last: Callable[[Connection], None],
) -> tuple[tuple[TableContent, ...], tuple[TableLoss, ...]]:
    """What is in the database now, and what of it is less than it was. `last` is done before the
    COMMIT. Raises PostgresError or BackupError, and nothing has changed then."""
    major = connection.info.server_version // 10000
    extensions = {name for kind, name in expected_schema(place) if kind == "extension"}
    try:
        with connection.transaction():
            connection.execute(_BEGINNING)
            for (statement,) in connection.execute(_LOCK_TABLES).fetchall():
                connection.execute(statement.encode())
            before = table_contents(connection)
            heard(Step.SWAPPING)
            note("taking out what is there")
            empty(connection, extensions)
            for section in _SECTIONS:
                note(f"loading the {section} of the backup")
                _load(connection, manifest, place, section, owners=owners)
            heard(Step.FILLED)
            say(connection, f"RESET ALL; {_PATIENCE}")
            tables = compare(connection, manifest, place, owners=owners, major=major)
            heard(Step.CHECKED)
            last(connection)
            heard(Step.FITTED)
    except psycopg.Error as error:
        raise explain(error, f"load the backup into {url.database}") from None
    heard(Step.DONE)
    _analyze(connection, note)
    return tables, counts_that_differ(before, tables)


def _load(
    connection: Connection, manifest: Manifest, place: Path, section: str, *, owners: bool
) -> None:
    with _script(manifest, place, section, owners=owners) as script:
        if section != "data":
            # There is no COPY in it, but there may be anything in the body of a function.
            say(connection, _for_the_server(script.read()).decode())
            return
        pending: list[bytes] = []
        for line in script:
            if _COPY.fullmatch(line):
                _say(connection, pending)
                _copy(connection, line, script)
            elif not _FOR_PSQL.fullmatch(line) and line not in _ROUND_LARGE_OBJECTS:
                pending.append(line)
        _say(connection, pending)


def _for_the_server(script: bytes) -> bytes:
    """A function may have such a line, too."""
    match = _RESTRICTED.match(script)
    if match is None:
        return script
    return script.replace(match[1], b"", 1).replace(b"\\un" + match[1][1:], b"")


def _say(connection: Connection, pending: list[bytes]) -> None:
    text = b"".join(pending).decode()
    pending.clear()
    if text.strip():
        say(connection, text)


def _copy(connection: Connection, line: bytes, script: IO[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(line.rstrip(b";\n")) as copying:
        block = bytearray()
        for row in script:
            if row == _END_OF_COPY:
                break
            block += row
            if len(block) > _BLOCK:
                copying.write(bytes(block))
                block.clear()
        copying.write(bytes(block))


@contextmanager
def _script(
    manifest: Manifest,
    place: Path,
    section: str,
    *,
    owners: bool,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[IO[bytes]]:
    """What pg_restore would run, as it makes it."""
    tool = best_for_restore(manifest.tool_major, environ)
    arguments = [
        f"--section={section}",
        *([] if owners else ["--no-owner", "--no-privileges"]),
        "--file=-",
        str(place / DUMP),
    ]
    reading, writing = os.pipe()
    with (
        open(reading, "rb", buffering=_BLOCK) as script,  # noqa: PTH123 - a pipe has no path
        running(
            tool,
            "pg_restore",
            arguments,
            url=_NOBODY,
            environ=environ,
            hint=hint_of,
            output=writing,
        ) as program,
    ):
        os.close(writing)
        yield script
        program.wait()


def _analyze(connection: Connection, note: Callable[[str], None]) -> None:
    """A dump has no statistics; without them it is all there, and slow."""
    note("gathering statistics")
    try:
        connection.execute("ANALYZE")
    except psycopg.Error:
        note("statistics could not be gathered: run ANALYZE")
