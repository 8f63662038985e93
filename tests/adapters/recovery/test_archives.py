"""pgBackRest, Barman and WAL-G, by what they print."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.recovery import barman, pgbackrest, wal_g
from bot.core.backups.sources import Barman, PgBackRest, WalG
from bot.errors import BackupError

HERE = Path(__file__).parent


def recorded(name: str) -> str:
    return (HERE / "recorded" / f"{name}.json").read_text("utf-8")


def written(name: str) -> str:
    return (HERE / "written" / f"{name}.json").read_text("utf-8")


def program(directory: Path, name: str, answers: dict[str, str]) -> dict[str, str]:
    """A program that prints an answer by a word among its arguments, and writes down how it was
    called; the environment in which it is found."""
    lines = ["#!/bin/sh", f'echo "$@" >> {directory}/called', f"env > {directory}/env"]
    for number, (word, text) in enumerate(answers.items()):
        (directory / f"answer-{number}").write_text(text)
        lines.append(f'case "$*" in *{word}*) cat {directory}/answer-{number}; exit 0;; esac')
    (directory / name).write_text("\n".join([*lines, "echo no such thing >&2", "exit 3"]))
    (directory / name).chmod(0o755)
    return {"PATH": f"{directory}:/usr/bin:/bin", "OTHER_SECRET": "canary"}


def test_the_last_backup_of_pgbackrest_and_the_end_of_its_archive() -> None:
    point = pgbackrest.read(recorded("pgbackrest-info"), "main")
    assert point.id == "20261123-154823F_20261123-154826I"
    assert point.taken_at == datetime(2026, 11, 23, 15, 48, 28, tzinfo=UTC)
    assert point.size == 23_361_244
    assert point.wal_file == "000000010000000000000005"
    assert not point.made


@pytest.mark.parametrize(
    ("name", "stanza", "why"),
    [
        ("pgbackrest-empty", "main", "no valid backups"),
        ("pgbackrest-none", "main", "knows no such stanza"),
        ("pgbackrest-nowhere", "nowhere", "missing stanza path"),
        ("pgbackrest-info", "other", "knows no such stanza"),
    ],
)
def test_pgbackrest_without_a_backup_is_told(name: str, stanza: str, why: str) -> None:
    with pytest.raises(BackupError, match=why) as caught:
        pgbackrest.read(recorded(name), stanza)
    assert f"pgbackrest --stanza={stanza} backup" in caught.value.hint


def test_a_backup_with_page_errors_does_not_count() -> None:
    told: Any = json.loads(recorded("pgbackrest-info"))
    told[0]["backup"][1]["error"] = True
    assert pgbackrest.read(json.dumps(told), "main").id == "20261123-154823F"
    told[0]["backup"][0]["error"] = True
    with pytest.raises(BackupError, match="found errors in"):
        pgbackrest.read(json.dumps(told), "main")


def test_the_archive_is_the_one_of_the_cluster_that_the_backup_is_of() -> None:
    told: Any = json.loads(recorded("pgbackrest-info"))
    later = {"database": {"id": 2, "repo-key": 1}, "id": "16-2", "max": "F" * 24, "min": "F" * 24}
    told[0]["archive"].append(later)
    assert pgbackrest.read(json.dumps(told), "main").wal_file == "000000010000000000000005"


def test_the_last_backup_of_barman_and_the_end_of_its_archive() -> None:
    point = barman.read(recorded("barman-show"), "platform")
    assert point.id == "20261123T154838"
    assert point.taken_at == datetime(2026, 11, 23, 15, 48, 39, 759866, UTC)
    assert point.wal_file == "000000010000000000000009"


def test_barman_that_knows_no_such_server_or_has_not_finished_is_told() -> None:
    with pytest.raises(BackupError, match="Unknown server 'nowhere'"):
        barman.read(recorded("barman-nowhere"), "nowhere")
    half = recorded("barman-show").replace('"status": "DONE"', '"status": "WAITING_FOR_WALS"')
    with pytest.raises(BackupError, match="the last one is WAITING_FOR_WALS"):
        barman.read(half, "platform")


def test_the_last_backup_of_wal_g_and_the_end_of_its_latest_timeline() -> None:
    point = wal_g.read(written("wal_g_list"), written("wal_g_show"))
    assert point.id == "base_000000010000000000000005"
    assert point.taken_at == datetime(2026, 11, 23, 2, 0, 9, 654321, UTC)
    assert point.wal_file == "000000020000000000000009"


def test_a_gap_in_the_archive_of_wal_g_is_told() -> None:
    with pytest.raises(BackupError, match="has a gap: 1 files are missing"):
        wal_g.read(written("wal_g_list"), written("wal_g_gap"))
    for nothing in ("null", "[]"):
        with pytest.raises(BackupError, match="its list is empty"):
            wal_g.read(nothing, nothing)


READERS: dict[str, Callable[[str], object]] = {
    "pgBackRest": lambda text: pgbackrest.read(text, "main"),
    "Barman": lambda text: barman.read(text, "platform"),
    "WAL-G": lambda text: wal_g.read(text, text),
}


@pytest.mark.parametrize(
    "text", ["", "half {", '[{"name": "main"}]', '{"platform": {"status": "DONE"}}', '[{"id": 1}]']
)
@pytest.mark.parametrize("who", READERS)
def test_what_is_not_understood_is_never_taken_for_a_backup(who: str, text: str) -> None:
    with pytest.raises(BackupError) as caught:
        READERS[who](text)
    assert who in caught.value.message


def test_pgbackrest_is_asked_as_configured_and_given_nothing_else(tmp_path: Path) -> None:
    environ = program(tmp_path, "pgbackrest", {"info": recorded("pgbackrest-info")})
    environ["PGBACKREST_REPO1_HOST"] = "repo"
    point = pgbackrest.recent(PgBackRest("main", "/etc/p.conf"), environ)
    assert point.id == "20261123-154823F_20261123-154826I"
    called = (tmp_path / "called").read_text().split()
    assert called == ["--config=/etc/p.conf", "--stanza=main", "--output=json", "info"]
    given = (tmp_path / "env").read_text()
    assert "PGBACKREST_REPO1_HOST=repo" in given
    assert "canary" not in given


def test_barman_is_asked_for_its_list_first(tmp_path: Path) -> None:
    answers = {"show-backup": recorded("barman-show"), "list-backup": recorded("barman-show")}
    environ = program(tmp_path, "barman", answers)
    assert barman.recent(Barman("platform"), environ).id == "20261123T154838"
    environ = program(tmp_path, "barman", {"list-backup": recorded("barman-empty")})
    with pytest.raises(BackupError, match="its list is empty"):
        barman.recent(Barman("platform"), environ)


def test_wal_g_is_asked_for_backups_and_for_its_archive(tmp_path: Path) -> None:
    answers = {"backup-list": written("wal_g_list"), "wal-show": written("wal_g_show")}
    environ = program(tmp_path, "wal-g", answers) | {"WALG_S3_PREFIX": "s3://b/p"}
    assert wal_g.recent(WalG(), environ).wal_file == "000000020000000000000009"
    assert "WALG_S3_PREFIX=s3://b/p" in (tmp_path / "env").read_text()


def test_a_program_that_fails_is_told_with_its_last_words_less_what_is_secret(
    tmp_path: Path,
) -> None:
    environ = program(tmp_path, "wal-g", {}) | {"AWS_SECRET_ACCESS_KEY": "no such thing"}
    with pytest.raises(BackupError, match=r"WAL-G failed with exit status 3\.") as caught:
        wal_g.recent(WalG(), environ)
    assert caught.value.hint == "The end of what it said:\n***"


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(BackupError, match="pgBackRest cannot be run: No such file") as caught:
        pgbackrest.recent(PgBackRest("main"), {"PATH": "/nowhere"})
    assert "Install it where migration-bot runs" in caught.value.hint


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("pgbackrest") is None,
    reason="NOT CHECKED: pgbackrest is not installed, so only what it printed once is read",
)
def test_the_pgbackrest_of_this_machine_says_what_was_recorded(tmp_path: Path) -> None:
    config = tmp_path / "pgbackrest.conf"
    config.write_text(f"[global]\nrepo1-path={tmp_path}\nlog-path={tmp_path}\n")
    with pytest.raises(BackupError, match="pgBackRest has no backup of nowhere: missing stanza"):
        pgbackrest.recent(PgBackRest("nowhere", str(config)), {"PATH": "/usr/bin:/bin"})
