"""Writing what was fixed: whole files, never through a link, never over somebody's work."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.checkout.writing import write_down, write_fixed, write_new
from bot.core.findings.fixed import FixedMigration
from bot.core.migrations.migration import LOCK_TEXT, Migration
from bot.errors import UsageError

OLD = Migration("20260101000000_old", "m/20260101000000_old/migration.sql", "SELECT 1;\r\n")
NEW = replace(OLD, sql="SELECT 2;\r\n")
NEXT = Migration(
    "20260101000001_old_then", "m/20260101000001_old_then/migration.sql", "SELECT ö;\n"
)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / OLD.name
    folder.mkdir()
    (folder / "migration.sql").write_bytes(OLD.sql.encode())
    (folder / "notes.md").write_text("kept")
    return tmp_path


def script(top: Path, name: str) -> bytes:
    return (top / name / "migration.sql").read_bytes()


def files(top: Path) -> list[str]:
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())


def test_folders_are_written_byte_by_byte_and_nothing_else_is_touched(top: Path) -> None:
    write_fixed(top, [FixedMigration(OLD, (NEW, NEXT))])
    assert script(top, OLD.name) == b"SELECT 2;\r\n"
    assert script(top, NEXT.name) == "SELECT ö;\n".encode()
    assert files(top) == [
        f"{OLD.name}/migration.sql",
        f"{OLD.name}/notes.md",
        f"{NEXT.name}/migration.sql",
    ]


def test_a_folder_that_moves_on_takes_all_its_files_along(top: Path) -> None:
    moved = replace(NEW, name="20260101000005_old")
    write_fixed(top, [FixedMigration(OLD, (moved,))])
    assert files(top) == ["20260101000005_old/migration.sql", "20260101000005_old/notes.md"]
    assert script(top, moved.name) == b"SELECT 2;\r\n"


def test_a_script_that_changed_meanwhile_is_not_overwritten(top: Path) -> None:
    (top / OLD.name / "migration.sql").write_text("SELECT 3;")
    with pytest.raises(UsageError, match="changed while"):
        write_fixed(top, [FixedMigration(OLD, (NEW, NEXT))])
    assert script(top, OLD.name) == b"SELECT 3;"
    assert not (top / NEXT.name).exists()


@pytest.mark.parametrize("linked", ["folder", "script"])
def test_nothing_is_written_through_a_link(top: Path, linked: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside / "migration.sql"
    target.write_bytes(OLD.sql.encode())
    folder = top / OLD.name
    if linked == "folder":
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
        folder.symlink_to(outside)
    else:
        (folder / "migration.sql").unlink()
        (folder / "migration.sql").symlink_to(target)
    with pytest.raises(UsageError, match="is a link"):
        write_fixed(top, [FixedMigration(OLD, (NEW,))])
    assert target.read_bytes() == OLD.sql.encode()


@pytest.mark.parametrize("there", ["folder", "dangling link"])
def test_a_name_that_is_taken_is_not_overwritten(top: Path, there: str) -> None:
    if there == "folder":
        (top / NEXT.name).mkdir()
    else:
        (top / NEXT.name).symlink_to(top / "nowhere")
    with pytest.raises(UsageError, match="already"):
        write_fixed(top, [FixedMigration(OLD, (NEW, NEXT))])
    assert script(top, OLD.name) == OLD.sql.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_what_it_had(top: Path) -> None:
    top.chmod(0o555)
    try:
        with pytest.raises(UsageError, match="cannot be written"):
            write_fixed(top, [FixedMigration(OLD, (NEW, NEXT))])
    finally:
        top.chmod(0o755)
    assert script(top, OLD.name) == OLD.sql.encode()


def test_what_was_begun_is_taken_back_if_the_disk_refuses(top: Path) -> None:
    long = replace(NEXT, name="x" * 300)
    with pytest.raises(UsageError, match="cannot be written"):
        write_fixed(top, [FixedMigration(OLD, (NEW, NEXT, long))])
    assert files(top) == [f"{OLD.name}/migration.sql", f"{OLD.name}/notes.md"]
    assert not (top / NEXT.name).exists()


DOWN = "-- Takes it back.\nSELECT 'ö';\n"


def test_a_down_script_is_written_beside_the_migration(top: Path) -> None:
    write_down(top, OLD, DOWN, overwrite=False)
    assert (top / OLD.name / "down.sql").read_bytes() == DOWN.encode()
    assert script(top, OLD.name) == OLD.sql.encode()
    assert files(top) == [
        f"{OLD.name}/{each}" for each in ("down.sql", "migration.sql", "notes.md")
    ]


def test_a_down_script_that_is_there_is_overwritten_only_if_it_is_said(top: Path) -> None:
    (top / OLD.name / "down.sql").write_text("SELECT 'by hand';")
    with pytest.raises(UsageError, match="already"):
        write_down(top, OLD, DOWN, overwrite=False)
    assert (top / OLD.name / "down.sql").read_text() == "SELECT 'by hand';"
    write_down(top, OLD, DOWN, overwrite=True)
    assert (top / OLD.name / "down.sql").read_text() == DOWN


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_down_script_never_goes_through_a_link(
    top: Path, tmp_path_factory: pytest.TempPathFactory, *, overwrite: bool
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("kept")
    (top / OLD.name / "down.sql").symlink_to(outside)
    with pytest.raises(UsageError):
        write_down(top, OLD, DOWN, overwrite=overwrite)
    assert outside.read_text() == "kept"


def test_a_down_script_is_not_written_for_a_migration_that_changed_meanwhile(top: Path) -> None:
    (top / OLD.name / "migration.sql").write_text("SELECT 3;")
    with pytest.raises(UsageError, match="changed while"):
        write_down(top, OLD, DOWN, overwrite=False)
    assert not (top / OLD.name / "down.sql").exists()


def test_a_new_folder_is_made_with_all_that_leads_to_it(tmp_path: Path) -> None:
    top = tmp_path / "prisma" / "migrations"
    write_new(top, NEXT, lock=True)
    assert script(top, NEXT.name) == NEXT.sql.encode()
    assert (top / "migration_lock.toml").read_text() == LOCK_TEXT
    assert files(top) == [f"{NEXT.name}/migration.sql", "migration_lock.toml"]


def test_a_lock_file_that_is_there_stays(top: Path) -> None:
    (top / "migration_lock.toml").write_bytes(b'provider = "postgresql"\r\n')
    write_new(top, NEXT, lock=True)
    assert (top / "migration_lock.toml").read_bytes() == b'provider = "postgresql"\r\n'


def test_a_new_folder_takes_nobody_s_place(top: Path) -> None:
    with pytest.raises(UsageError, match="already"):
        write_new(top, NEW, lock=False)
    assert script(top, OLD.name) == OLD.sql.encode()
    (top / NEXT.name).symlink_to(top / "elsewhere")
    with pytest.raises(UsageError, match="already"):
        write_new(top, NEXT, lock=False)
    assert not (top / "elsewhere").exists()


def test_a_new_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_new(tmp_path / "file" / "migrations", NEXT, lock=True)
    assert files(tmp_path) == ["file"]
