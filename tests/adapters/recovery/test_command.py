"""A program of the operator's own, run for real."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.listed import ListedFiles
from bot.adapters.recovery.command import CommandFiles, CommandPoints, Commands
from bot.core.backups.backup import Manifest
from bot.core.backups.level import Level
from bot.core.backups.sources import Command
from bot.errors import BackupError, UsageError
from tests.fakes import MANIFEST

SECRET = "canary-5150"
ENVIRON = {"PATH": "/usr/bin:/bin", "DATABASE_URL": SECRET, "OTHER": "kept away"}


def commands(root: Path, script: str, **more: object) -> Commands:
    program = root / "back-up"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    source = Command(("./back-up", "a b"), ("DATABASE_URL",))
    return Commands(replace(source, **more), "production", root, ENVIRON)  # type: ignore[arg-type]


def taken(root: Path, script: str) -> tuple[Manifest, Path]:
    staging = root / "staging"
    staging.mkdir()
    provider = CommandFiles(commands(root, script), lambda: replace(MANIFEST, files=(), path="b-1"))
    manifest = provider.take(staging, lambda _: None)
    return manifest, staging / manifest.path


def test_files_that_a_command_leaves_are_a_backup_that_can_be_read(tmp_path: Path) -> None:
    script = 'printf %s "$1" | gzip > "$MIGRATION_BOT_BACKUP_DIRECTORY/dump.gz"; env > env'
    manifest, place = taken(tmp_path, script)
    assert [file.name for file in manifest.files] == ["dump.gz"]
    assert (manifest.format, manifest.level) == ("files of a command", Level.DECODE)
    given = (tmp_path / "env").read_text()
    assert "MIGRATION_BOT_TARGET=production" in given
    assert f"DATABASE_URL={SECRET}" in given
    assert "kept away" not in given
    proof = ListedFiles().prove(manifest, place, Level.DECODE, lambda _: None)
    assert (proof.ok, proof.level) == (True, Level.DECODE)


def test_files_of_a_command_are_not_said_to_be_restored(tmp_path: Path) -> None:
    manifest, place = taken(tmp_path, 'echo x > "$MIGRATION_BOT_BACKUP_DIRECTORY/dump"')
    with pytest.raises(BackupError, match="and not by restoring it") as caught:
        ListedFiles().prove(manifest, place, Level.RESTORE, lambda _: None)
    assert "level decode" in caught.value.hint


def test_a_spoilt_file_of_a_command_is_refused(tmp_path: Path) -> None:
    manifest, place = taken(tmp_path, 'echo x > "$MIGRATION_BOT_BACKUP_DIRECTORY/dump"')
    (place / "dump").write_text("y\n")
    with pytest.raises(BackupError, match="dump has changed"):
        ListedFiles().prove(manifest, place, Level.DECODE, lambda _: None)


def test_a_command_that_leaves_nothing_has_taken_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="left no file in MIGRATION_BOT_BACKUP_DIRECTORY"):
        taken(tmp_path, "echo done")


def test_a_link_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="has a link in it: dump"):
        taken(tmp_path, 'ln -s /etc/hosts "$MIGRATION_BOT_BACKUP_DIRECTORY/dump"')


def test_a_recovery_point_is_told_as_json(tmp_path: Path) -> None:
    told = '{"id": "snap-7", "taken_at": "2026-11-23T12:00:00Z", "size": 12}'
    point = CommandPoints(commands(tmp_path, f"echo '{told}'")).make("x", lambda _: None)
    assert (point.provider, point.id, point.size) == ("./back-up", "snap-7", 12)
    assert point.made
    assert point.reaches is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("done", "it is not JSON"),
        ('{"id": "x"}', "taken_at is missing"),
        ('{"id": 7, "taken_at": "2026-11-23T12:00:00Z"}', "id is a int"),
        ('{"id": "x", "taken_at": "today"}', "taken_at is no moment"),
    ],
)
def test_what_is_no_recovery_point_is_refused(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(BackupError, match=why):
        commands(tmp_path, f"echo '{said}'").point()


def test_a_command_that_fails_is_told_without_what_it_was_handed(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"\./back-up failed with exit status 9") as caught:
        commands(tmp_path, 'echo "cannot reach $DATABASE_URL" >&2; exit 9').point()
    assert caught.value.hint.endswith("cannot reach ***")


def test_a_command_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"gave no answer within 0\.2 s"):
        commands(tmp_path, "exec sleep 30", timeout=0.2).point()


def test_a_command_without_what_it_is_to_be_handed_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="NOT_THERE is not set") as caught:
        commands(tmp_path, "touch ran", environment=("NOT_THERE",)).point()
    assert "backup.environment" in caught.value.hint
    assert not (tmp_path / "ran").exists()


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = Commands(Command(("no-such-program",)), "p", tmp_path, ENVIRON)
    with pytest.raises(BackupError, match="no-such-program cannot be run: No such file"):
        missing.point()
