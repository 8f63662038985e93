"""Moments, and the commands that go back to them."""

import shlex
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.backups.sources import (
    AzureFlexible,
    Barman,
    CloudSql,
    Neon,
    PgBackRest,
    PgBaseBackup,
    PgDump,
    Rds,
    Source,
    Supabase,
    WalG,
)
from bot.core.restores.point_in_time import PointInTime, point_in_time, way_back
from bot.errors import UsageError

AT = datetime(2026, 11, 22, 15, 31, 2, 123456, tzinfo=UTC)
ONLY_TIMES: tuple[Source, ...] = (
    Rds("db"),
    Rds("db", cluster=True),
    CloudSql("p", "db"),
    AzureFlexible("s", "g", "db"),
    Supabase("ref"),
)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("2026-11-22T15:31:02.123456Z", PointInTime(at=AT)),
        (
            "2026-11-22 16:31:02.123456+01:00",
            PointInTime(at=AT.astimezone(timezone(timedelta(hours=1)))),
        ),
        ("16/b374d848", PointInTime(lsn="16/B374D848")),
        ("before_20260102", PointInTime(label="before_20260102")),
    ],
)
def test_what_somebody_types(text: str, point: PointInTime) -> None:
    assert point_in_time(text) == point


@pytest.mark.parametrize("text", ["2026-11-22T15:31:02", "yesterday at noon", "16/", "a'; rm", ""])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="no moment to go back to") as refused:
        point_in_time(text)
    assert "with its zone" in refused.value.hint


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (PgBackRest("main"), "--type=time '--target=2026-11-22 15:31:02.123456+00'"),
        (Barman("main"), "'--target-time=2026-11-22 15:31:02.123456+00' --target-action=promote"),
        (WalG(), "\"recovery_target_time = '2026-11-22 15:31:02.123456+00'\""),
        (PgBaseBackup(), "\"recovery_target_time = '2026-11-22 15:31:02.123456+00'\""),
        (Rds("db", "eu-west-1"), "--region=eu-west-1 --source-db-instance-identifier=db"),
        (Rds("db"), "--restore-time=2026-11-22T15:31:02Z"),
        (Rds("db", cluster=True), "--restore-to-time=2026-11-22T15:31:02Z"),
        (
            CloudSql("p", "db"),
            "clone db db-restored --project=p --point-in-time=2026-11-22T15:31:02",
        ),
        (AzureFlexible("s", "g", "db"), "--restore-time=2026-11-22T15:31:02Z"),
        (Neon("p", "main"), "restore main '^self@2026-11-22T15:31:02.123456Z'"),
        (Supabase("ref"), '"recovery_time_target_unix": "1795361462"'),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_the_commands_name_exactly_that_moment(source: Source, said: str) -> None:
    way = way_back(source, PointInTime(at=AT))

    assert way is not None
    assert any(said in each for each in way.commands), way.commands
    assert all(shlex.split(each) for each in way.commands)


@pytest.mark.parametrize("source", ONLY_TIMES, ids=lambda each: type(each).__name__)
def test_vendors_that_know_times_only_say_so(source: Source) -> None:
    for point in (PointInTime(lsn="16/B374D848"), PointInTime(label="x")):
        with pytest.raises(UsageError, match="goes back to a time only"):
            way_back(source, point)


def test_what_the_bot_restores_itself_has_no_such_commands() -> None:
    assert way_back(PgDump(), PointInTime(at=AT)) is None


def test_nothing_of_a_name_becomes_a_command() -> None:
    way = way_back(PgBackRest("it's; rm -rf /"), PointInTime(label="x"))

    assert way is not None
    assert "--stanza=it's; rm -rf /" in shlex.split(way.commands[0])


def test_a_copy_of_a_cluster_is_unpacked_and_goes_to_no_other_moment() -> None:
    way = way_back(PgBaseBackup(), PointInTime(copy="/var/backups/20261122T1531-x"))

    assert way is not None
    assert (
        "tar --extract --gzip --file=/var/backups/20261122T1531-x/copy/base.tar.gz"
        in way.commands[1]
    )
    assert not any("recovery" in each for each in way.commands)


def test_a_cluster_with_an_archive_goes_to_a_moment() -> None:
    way = way_back(PgBaseBackup(), PointInTime(lsn="16/B374D848"))

    assert way is not None
    assert way.commands[-1] == 'touch "$PGDATA/recovery.signal"'
    assert any("recovery_target_lsn = '16/B374D848'" in each for each in way.commands)


def test_nothing_of_a_path_is_expanded_by_the_shell() -> None:
    """It stands in a setting of PostgreSQL, in quotes of the shell's, in quotes of its own."""
    path = '/etc/$(touch x)/`id`/"a\\b'
    way = way_back(WalG(path), PointInTime(label="x"))

    assert way is not None
    echo = next(each for each in way.commands if "restore_command" in each)
    said = subprocess.run(["bash", "-c", echo.partition(" >>")[0]], capture_output=True, text=True)
    setting = said.stdout.strip().removeprefix("restore_command = '").removesuffix("'")
    assert shlex.split(setting.replace("''", "'")) == [
        "wal-g",
        "--config",
        path,
        *["wal-fetch", "%f", "%p"],
    ]
