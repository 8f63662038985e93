"""The base out of a backup: its dump, restored as the author, and what it has not applied yet.

Its rows are real. What pg_restore says may quote them, so none of that is told but names.
"""

import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.postgres.backups.dump import DUMP, JOBS
from bot.adapters.postgres.backups.proof import check_files
from bot.adapters.postgres.backups.touching import list_without, unchecked_in
from bot.adapters.postgres.migrations_table import TABLE, applied, exists
from bot.adapters.postgres.programs import Program, running
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.extensions import Standing, create_extension, standings
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.tools import Installation, best_for_restore
from bot.core.backups.backup import CLUSTER_FORMAT, COMMAND_FORMAT, Manifest, StoredBackup
from bot.core.migrations.migration import AppliedMigration, same_checksum
from bot.core.rehearsals.rehearsal_order import BaseMigration, Limits, Order
from bot.core.rehearsals.sizes import size_text
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

LOOK_SECONDS = 0.2
# No owner of a database may make them, and nothing else in it needs them.
_SUPERUSERS = ("EVENT TRIGGER ", "PUBLICATION ", "SUBSCRIPTION ")
_NOT_RESTORED = (
    *_SUPERUSERS,
    *(f"COMMENT - {each}" for each in (*_SUPERUSERS, "SCHEMA public ")),
    "STATISTICS DATA ",
)
_NOBODY = ConnectionUrl("", 0, "")
_ENTRY = re.compile(r"^\d+; \d+ \d+ (.*)$")
_EXTENSION = re.compile(r"^EXTENSION - (\S+)")

# Words of pg_restore and the server that hold names and no value of a row.
_TELLING = (
    re.compile(r"from TOC entry \d+; \d+ \d+ (?P<said>[^\n]+)"),
    re.compile(r'(?P<said>extension "[^"\n]*" is not available)'),
    re.compile(r"(?P<said>permission denied to create [a-z ]+)"),
    re.compile(r'(?P<said>unrecognized configuration parameter "[^"\n]*")'),
    re.compile(r"(?P<said>unsupported version \([0-9.]+\) in file header)"),
    re.compile(r"(?P<said>No space left on device)"),
    re.compile(r"(?P<said>not supported in this build|compression is not supported[^\n]*)"),
)


@dataclass(frozen=True)
class Dump:
    """A backup whose files are what was written, and the program that reads it."""

    backup: StoredBackup
    tool: Installation
    environ: Mapping[str, str]
    entries: tuple[str, ...]

    @property
    def manifest(self) -> Manifest:
        return self.backup.manifest

    @property
    def extensions(self) -> tuple[str, ...]:
        found = (_EXTENSION.match(_said(each)) for each in self.entries)
        return tuple(each[1] for each in found if each)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is in it and is not restored, as pg_restore calls it."""
        found = (_said(each) for each in self.entries)
        return tuple(each.rpartition(" ")[0] for each in found if each.startswith(_SUPERUSERS))

    def placed(self, order: Order) -> Order:
        """What to open a place for: nothing of the base is in it, so no template of it either."""
        return replace(
            order,
            base=(),
            roles=tuple(sorted({*order.roles, *self.manifest.roles})),
            extensions=tuple(sorted({*order.extensions, *self.extensions})),
        )


def open_dump(
    backup: StoredBackup, environ: Mapping[str, str], note: Callable[[str], None]
) -> Dump:
    """Raises BackupError if it is not what was written, or nothing here can read it."""
    _require_dump(backup.manifest)
    note(f"checking the files of the backup {backup.manifest.id}")
    try:
        check_files(backup.manifest, backup.files)
        tool = best_for_restore(backup.manifest.tool_major, environ)
        return Dump(backup, tool, environ, _entries(backup, tool, environ))
    except OSError as error:
        raise BackupError(
            f"The backup {backup.manifest.id} cannot be read: {error.strerror}.",
            hint="Let the user that runs migration-bot read the files of the backup.",
        ) from None


def _require_dump(manifest: Manifest) -> None:
    if manifest.format in (CLUSTER_FORMAT, COMMAND_FORMAT):
        raise BackupError(
            f"The backup {manifest.id} is no dump of pg_dump ({manifest.format}).",
            hint="Rehearse on another target's backups (`rehearsal.target`), or on made-up rows.",
        )


def restore(
    dump: Dump,
    place: Place,
    guard: Guard,
    limits: Limits,
    note: Callable[[str], None],
    *,
    rows: bool = True,
) -> None:
    """Put the backup into an empty place, as its author. Raises BackupError if that fails."""
    _require_new_enough(dump.manifest, place.server.major)
    _create_extensions(dump, place)
    note(f"restoring the backup {dump.manifest.id}")
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        kept = [each for each in dump.entries if not _said(each).startswith(_NOT_RESTORED)]
        chosen.write(list_without("\n".join(kept), unchecked_in(dump.backup.files)))
        chosen.flush()
        arguments = [
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-security-labels",
            "--no-tablespaces",
            f"--jobs={JOBS}",
            f"--use-list={chosen.name}",
            *([] if rows else ["--schema-only"]),
            f"--dbname={place.author_url.database}",
            str(dump.backup.files / DUMP),
        ]
        try:
            with running(
                dump.tool,
                "pg_restore",
                arguments,
                url=place.author_url,
                environ=dump.environ,
                hint=hint_of,
            ) as program:
                _wait(program, place, guard, limits)
        except BackupError as error:
            raise _failed(dump.manifest, error.message, error.hint) from None


def not_applied(
    dump: Dump, place: Place, base: Sequence[BaseMigration], new: Sequence[str]
) -> tuple[BaseMigration, ...]:
    """What of the base the restored database lacks. Raises BackupError if it has what the base
    does not have."""
    connection = place.author()
    try:
        if not exists(connection):
            raise _other_history(dump.manifest, f"has no {TABLE} in the schema public")
        rows = applied(connection)
    finally:
        connection.close()
    _require_agreement(dump.manifest, rows, {each.name: each for each in base}, new)
    there = {each.name for each in rows if each.finished}
    return tuple(each for each in base if each.name not in there)


def _require_agreement(
    manifest: Manifest,
    rows: Sequence[AppliedMigration],
    base: Mapping[str, BaseMigration],
    new: Sequence[str],
) -> None:
    for each in rows:
        if each.unfinished:
            raise _other_history(manifest, f"was taken while {each.name} was half applied")
        if not each.finished:
            continue
        if each.name in new:
            raise _other_history(manifest, f"has applied {each.name} already, which is new here")
        if each.name not in base:
            raise _other_history(manifest, f"has applied {each.name}, which the base does not have")
        if not same_checksum(each.checksum, base[each.name].sql):
            raise _other_history(manifest, f"has applied {each.name} with another text")


def _other_history(manifest: Manifest, what: str) -> BackupError:
    return BackupError(
        f"The backup {manifest.id} {what}.",
        hint="Bring the branch up to date with its base; or let `rehearsal.target` name a target "
        "whose backup has applied no more than the base branch has.",
    )


def _entries(
    backup: StoredBackup, tool: Installation, environ: Mapping[str, str]
) -> tuple[str, ...]:
    with tempfile.NamedTemporaryFile("r", suffix=".list", errors="replace") as listed:
        arguments = ["--list", f"--file={listed.name}", str(backup.files / DUMP)]
        try:
            with running(
                tool, "pg_restore", arguments, url=_NOBODY, environ=environ, hint=hint_of
            ) as program:
                program.wait()
        except BackupError as error:
            raise _failed(backup.manifest, error.message, error.hint) from None
        text = Path(listed.name).read_text("utf-8", errors="replace")
    return tuple(line for line in text.splitlines() if _ENTRY.match(line))


def _said(entry: str) -> str:
    match = _ENTRY.match(entry)
    return match[1] if match else ""


def _require_new_enough(manifest: Manifest, major: int) -> None:
    if major < manifest.server_major:
        raise BackupError(
            f"The backup {manifest.id} is of PostgreSQL {manifest.server_major}, and the "
            f"rehearsal's server is {major}.",
            hint=f"Rehearse on PostgreSQL {manifest.server_major}: `--postgres URL`, or the "
            "PostgreSQL whose programs MIGRATION_BOT_PG_BIN names.",
        )


def _create_extensions(dump: Dump, place: Place) -> None:
    """Those that only a superuser creates; the author creates the others as it restores."""
    if not dump.extensions:
        return
    with place.admin() as admin:
        for each in standings(admin, dump.extensions, shims=place.server.shims):
            if each.standing in (Standing.MISSING, Standing.REFUSED):
                raise _failed(dump.manifest, each.sentence, each.hint)
            if each.standing is Standing.LET_IN:
                create_extension(admin, each.name)


def _wait(program: Program, place: Place, guard: Guard, limits: Limits) -> None:
    pause, ended = LOOK_SECONDS, False
    while not ended:
        ended = program.ended(pause)
        if guard.exhausted:
            raise BackupError(
                f"it took longer than {limits.total:g} s.",
                hint="Raise `rehearsal.seconds` in the configuration.",
            )
        began = time.monotonic()
        if place.disk_used() > limits.disk:
            raise BackupError(
                f"it takes more than {size_text(limits.disk)} of disk.",
                hint="Raise `rehearsal.disk` in the configuration: what the migrations write "
                "comes on top.",
            )
        # Looking takes at most a twentieth of the time.
        pause = max(LOOK_SECONDS, 20 * (time.monotonic() - began))


def _failed(manifest: Manifest, why: str, hint: str) -> BackupError:
    return BackupError(f"The backup {manifest.id} could not be restored: {why}", hint=hint)


def hint_of(end: str) -> str:
    """What of a program's last words has no value of a row in it."""
    found = [match["said"].strip() for each in _TELLING if (match := each.search(end))]
    told = f" It said: {'; '.join(found)}." if found else ""
    return (
        "Try `pg_restore` on it yourself to see all that it says: here it is not shown, because "
        f"it may quote rows.{told}"
    )
