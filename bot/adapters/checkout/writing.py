"""Writing migrations into the folder of the working tree: each file whole or not at all.

A pull request may bring symbolic links, and somebody may edit a file meanwhile: nothing is followed
out of the folder, and what is not as it was read is not overwritten.
"""

import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from bot.core.findings.fixed import FixedMigration
from bot.core.migrations.migration import DOWN_SCRIPT, LOCK_FILE, LOCK_TEXT, SCRIPT, Migration
from bot.errors import UsageError


def write_fixed(top: Path, migrations: Sequence[FixedMigration]) -> None:
    """Put what was fixed in the place of what it was made from.

    New folders come first and the old script last, so that whoever is interrupted has lost nothing.
    Folders that move on are renamed from the last to the first, into room that is free by then.
    """
    for each in migrations:
        _require_unchanged(top, each.before)
        for new in each.after[1:]:
            _require_free(top, new.name)
    for each in reversed(migrations):
        made: list[Path] = []
        try:
            _write_one(top, each, made)
        except OSError as error:
            for path in reversed(made):
                _remove(path)
            raise UsageError(
                f"{each.before.name} cannot be written: {error.strerror}.",
                hint="Make the migrations folder writable; what was there is still there.",
            ) from error


def write_down(top: Path, migration: Migration, text: str, *, overwrite: bool) -> None:
    """Put a down.sql into a migration's folder. Raises UsageError if there is one already."""
    folder = top / migration.name
    _require_unchanged(top, migration)
    place = folder / DOWN_SCRIPT
    if place.is_symlink() or (place.exists() and not overwrite):
        raise UsageError(
            f"There is a {DOWN_SCRIPT} in {migration.name} already, and it is not overwritten.",
            hint="Say `--force` to put the draft in its place.",
        )
    try:
        _write(place, text)
    except OSError as error:
        raise UsageError(
            f"{DOWN_SCRIPT} of {migration.name} cannot be written: {error.strerror}.",
            hint="Make the migrations folder writable; what was there is still there.",
        ) from error


def write_new(top: Path, migration: Migration, *, lock: bool) -> None:
    """Put a new migration into the folder, which is made if need be. Raises UsageError.

    The lock file comes first, and is there for the migrations that come after if this one fails.
    """
    folder = top / migration.name
    try:
        top.mkdir(parents=True, exist_ok=True)
        _require_free(top, migration.name)
        if lock and not os.path.lexists(top / LOCK_FILE):
            _write(top / LOCK_FILE, LOCK_TEXT)
        folder.mkdir()
        try:
            _write(folder / SCRIPT, migration.sql)
        except OSError:
            folder.rmdir()
            raise
    except OSError as error:
        raise UsageError(
            f"{migration.name} cannot be written: {error.strerror}.",
            hint="Make the migrations folder writable, or name another with `--migrations`.",
        ) from error


def _write_one(top: Path, fixed: FixedMigration, made: list[Path]) -> None:
    first, *others = fixed.after
    for new in others:
        folder = top / new.name
        folder.mkdir()
        made.append(folder)
        _write(folder / SCRIPT, new.sql)
    if first.name != fixed.before.name:
        _require_free(top, first.name)
        (top / fixed.before.name).rename(top / first.name)
    if first.sql != fixed.before.sql:
        _write(top / first.name / SCRIPT, first.sql)


def _write(path: Path, text: str) -> None:
    """Beside it first, then in its place: a reader sees the old text or the new."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    try:
        with os.fdopen(os.open(beside, flags, mode), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _require_unchanged(top: Path, migration: Migration) -> None:
    folder = top / migration.name
    script = folder / SCRIPT
    if folder.is_symlink() or script.is_symlink() or not script.is_file():
        raise UsageError(
            f"{migration.path} is a link, or no file, and is not written to.",
            hint="Put the file itself into the migrations folder.",
        )
    if script.read_bytes() != migration.sql.encode("utf-8", "surrogatepass"):
        raise UsageError(
            f"{migration.path} changed while it was being worked on.",
            hint="Run the same again.",
        )


def _require_free(top: Path, name: str) -> None:
    if os.path.lexists(top / name):
        raise UsageError(
            f"There is a folder {name} already, and it is not overwritten.",
            hint="Move it away if it is left from another time, and try again.",
        )


def _remove(folder: Path) -> None:
    (folder / SCRIPT).unlink(missing_ok=True)
    folder.rmdir()
