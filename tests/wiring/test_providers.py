"""Which provider fills which place, and one way through all of it."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.copies import Copies
from bot.adapters.postgres.backups.dumps import Dumps
from bot.adapters.postgres.backups.listed import ListedFiles
from bot.adapters.recovery.command import CommandFiles, CommandPoints
from bot.adapters.recovery.points import Points
from bot.core.backups.backup import CLUSTER_FORMAT, COMMAND_FORMAT
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.sources import (
    AzureFlexible,
    Barman,
    CloudSql,
    Command,
    Neon,
    PgBackRest,
    PgBaseBackup,
    PgDump,
    Rds,
    Source,
    Supabase,
    WalG,
)
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import BackupError
from bot.wiring.backups import Backups
from bot.wiring.providers import Wanted, prover_of, provider_of, recovery_points_of
from tests.conftest import RunningServer
from tests.fakes import MANIFEST

PRODUCTION = default_targets()["production"]
SHELL = Command(("sh", "-c", "true"))


def target(source: Source, **more: object) -> Target:
    policy = BackupPolicy(required=True, source=source)
    return replace(PRODUCTION, backup=replace(policy, **more))  # type: ignore[arg-type]


def wanted(source: Source) -> Wanted:
    return Wanted(target(source), parse_url("postgresql://h/d"), {}, Path("/checkout"))


def test_each_source_of_files_has_its_provider() -> None:
    kinds = [type(provider_of(wanted(each))) for each in (PgDump(), PgBaseBackup(), SHELL)]
    assert kinds == [Dumps, Copies, CommandFiles]


def test_files_are_proved_by_what_they_are_whatever_takes_them_now() -> None:
    for kind, prover in (
        ("directory, gzip:1", Dumps),
        (CLUSTER_FORMAT, Copies),
        (COMMAND_FORMAT, ListedFiles),
    ):
        manifest = replace(MANIFEST, format=kind)
        assert type(prover_of(target(PgDump()), manifest, {})) is prover


@pytest.mark.parametrize(
    ("source", "words", "makes"),
    [
        (PgBackRest("main"), "pgBackRest", False),
        (Barman("p"), "Barman", False),
        (WalG(), "WAL-G", False),
        (Rds("p"), "RDS", True),
        (Rds("p", cluster=True), "Aurora", True),
        (CloudSql("a", "b"), "Cloud SQL", True),
        (AzureFlexible("s", "g", "p"), "Azure", True),
        (Neon("a", "b"), "Neon", True),
        (Supabase("r"), "Supabase", False),
    ],
)
def test_each_keeper_of_recovery_points_has_its_name(
    source: Source, words: str, makes: bool
) -> None:
    points = recovery_points_of(wanted(source))
    assert (type(points), points.words, points.makes) == (Points, words, makes)
    if not makes:
        with pytest.raises(BackupError, match="makes no recovery point when it is asked to"):
            points.make("x", lambda _: None)
    command = recovery_points_of(wanted(replace(SHELL, tells=True)))
    assert isinstance(command, CommandPoints)


def backups(of: Target, url: str, root: Path, environ: dict[str, str]) -> Backups:
    def text_of(path: str) -> str | None:
        return (root / path).read_text() if (root / path).exists() else None

    return Backups(environ, root, lambda _: of, lambda _: parse_url(url), text_of)


def answering(root: Path, moment: Callable[[], datetime]) -> dict[str, str]:
    """A pgbackrest whose last backup is an hour old, and whose archive is far ahead."""
    told = json.loads(
        (Path(__file__).parents[1] / "adapters/recovery/recorded/pgbackrest-info.json").read_text()
    )
    del told[0]["backup"][0]
    told[0]["backup"][0]["timestamp"]["stop"] = int(moment().timestamp()) - 3600
    told[0]["archive"][0]["max"] = "0000000100000000000000FF"
    (root / "told").write_text(json.dumps(told))
    (root / "pgbackrest").write_text(f"#!/bin/sh\ncat {root}/told\n")
    (root / "pgbackrest").chmod(0o755)
    return {**os.environ, "PATH": f"{root}:/usr/bin:/bin"}


def test_a_recovery_point_is_found_and_written_down_with_the_moment_to_go_back_to(
    server: RunningServer, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    environ = answering(tmp_path, lambda: now)
    archived = target(PgBackRest("main"), tested_file="restored")
    (tmp_path / "restored").write_text((now - timedelta(days=2)).isoformat())
    told: list[str] = []
    summary = backups(archived, server.url(), tmp_path, environ).take(archived, told.append)
    assert (summary.level, summary.location) == (Level.RESTORE, "pgBackRest")
    assert "1 h old and with an archive up to now" in summary.proof
    (record,) = (tmp_path / archived.backup.directory).glob("*.recovery.json")
    moment = json.loads(record.read_text())["moment"]
    assert moment["lsn"] in summary.proof
    assert moment["label"] == record.name.removesuffix(".recovery.json")


def test_the_second_backup_knows_from_the_first_what_it_takes(
    database: str, tmp_path: Path
) -> None:
    read = target(PgDump(), level=Level.DECODE)
    keeper = backups(read, database, tmp_path, dict(os.environ))
    told: list[str] = []
    first = keeper.take(read, told.append)
    assert first.level is Level.DECODE
    assert any("the first one, so a guess" in line for line in told)
    told.clear()
    keeper.take(read, told.append)
    assert any("as the last ones" in line for line in told)
