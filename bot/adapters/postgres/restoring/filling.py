"""A backup's dump restored into a database, and compared with what the manifest says was saved."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.backups.dump import DUMP, JOBS
from bot.adapters.postgres.backups.proof import expected_schema, schema_differences
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.tools import best_for_restore
from bot.core.backups.backup import Manifest, TableContent, differences_of_content
from bot.core.schemas.schema import Snapshot
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

_LOOK_SECONDS = 1.0
_SHOWN_DIFFERENCES = 10
# Whose they are and who may use them: what is left out without owners.
_OWNED = frozenset({"owner", "grant"})
_ADVICE = (
    ("No space left", "Free disk space at the server: for a while the database is there twice."),
    ("role .* does not exist", "Create the role, or restore without owners: --without-owners."),
    ("SET ROLE|be member of role", "Use a role that may act for the owners, or --without-owners."),
    ("is not available", "Install that extension at the server."),
    ("superuser|permission denied", "Use a role that may do that, such as the server's owner."),
)


def fill(
    manifest: Manifest,
    place: Path,
    url: ConnectionUrl,
    *,
    owners: bool,
    look: Callable[[], None],
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Restore it into an empty database; `look` is called while it goes on. Raises BackupError."""
    tool = best_for_restore(manifest.tool_major, environ)
    arguments = [
        "--exit-on-error",
        f"--jobs={JOBS}",
        *([] if owners else ["--no-owner", "--no-privileges"]),
        f"--dbname={url.database}",
        str(place / DUMP),
    ]
    with running(
        tool, "pg_restore", arguments, url=url, environ=environ, hint=hint_of
    ) as restoring:
        while not restoring.ended(_LOOK_SECONDS):
            look()


def compare(
    connection: Connection, manifest: Manifest, place: Path, *, owners: bool, major: int
) -> tuple[TableContent, ...]:
    """What is in the database now, if it is what was saved. Raises BackupError if it is not."""
    summed = {each.name for each in manifest.tables if each.content is not None}
    with explained("read what was restored"), connection.transaction():
        found = snapshot(connection, exclude=(), privileges=True)
        tables = table_contents(connection, summed=summed)
    expected = expected_schema(place)
    if not owners:
        found, expected = _without(found, _OWNED), _without(expected, _OWNED)
    wrong = schema_differences(manifest, expected, found, major)
    wrong += differences_of_content(manifest.tables, tables)
    if wrong:
        raise _not_the_same(manifest, wrong)
    return tables


def _without(schema: Snapshot, kinds: Collection[str]) -> Snapshot:
    return {key: value for key, value in schema.items() if key[0] not in kinds}


def _not_the_same(manifest: Manifest, wrong: tuple[str, ...]) -> BackupError:
    more = len(wrong) - _SHOWN_DIFFERENCES
    lines = [*wrong[:_SHOWN_DIFFERENCES], *([f"and {more} more"] if more > 0 else [])]
    return BackupError(
        f"The backup {manifest.id} was restored beside the target, and is not what was saved: "
        f"{'; '.join(lines)}. The target was not changed.",
        hint="Restore an older backup: `migration-bot backups list` shows them.",
    )


def hint_of(end: str) -> str:
    """What to do about the last lines of pg_restore, and what of them has no value of a row."""
    advice = "Mend what it says, and run this again."
    for pattern, said in _ADVICE:
        if re.search(pattern, end):
            advice = said
            break
    told = "\n".join(_telling(line) for line in end.splitlines() if line.startswith("pg_restore:"))
    return f"The target was not changed. {advice}" + (f" It said:\n{told}" if told else "")


def _telling(line: str) -> str:
    """An error of COPY quotes what it could not read; the table's name comes first."""
    start, copying, rest = line.partition("COPY failed for table ")
    if not copying:
        return line
    table, _, why = rest.partition(": ")
    return f"{start}{copying}{table}: " + re.sub(r'"(?:[^"]|"")*"', '"…"', why)
