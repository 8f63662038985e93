"""Cloud SQL, Azure, Neon and Supabase, by conversations as their documentation has them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.adapters.recovery.azure import AzurePoints
from bot.adapters.recovery.cloud_sql import CloudSqlPoints
from bot.adapters.recovery.neon import NeonPoints
from bot.adapters.recovery.supabase import SupabasePoints
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import AzureFlexible, CloudSql, Neon, Supabase
from bot.errors import BackupError, UsageError
from tests.adapters.recovery.replaying import TOKEN, conversation

LABEL = "migration-bot-a1"
ENVIRON = {"T": TOKEN}
CLOUD_SQL = CloudSqlPoints(CloudSql("acme", "platform", "T"), ENVIRON, lambda _: None)
AZURE = AzurePoints(AzureFlexible("0000", "acme-rg", "platform", "T"), ENVIRON)
NEON = NeonPoints(Neon("late-sun-1", "br-main-1", token_env="T"), ENVIRON)
SNAPSHOTS = NeonPoints(Neon("late-sun-1", "br-main-1", snapshot=True, token_env="T"), ENVIRON)
SUPABASE = SupabasePoints(Supabase("abcdefghijklmnopqrst", "T"), ENVIRON)


def at(day: int, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, micro, UTC)


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    """Where no time passes."""
    told: list[str] = []
    ticks = count(0, 20)
    yield Waiting(told.append, clock=lambda: float(next(ticks)), sleep=lambda _: None)
    assert not any(TOKEN in line for line in told)


def test_a_backup_of_cloud_sql_is_made_and_waited_for(waiting: Waiting) -> None:
    with conversation("cloud_sql_make"):
        point = CLOUD_SQL.make(LABEL, waiting)
    made_at = at(23, 15, 2, 30, 123456)
    assert point == RecoveryPoint("Cloud SQL", "1795446000000", made_at, made=True)


def test_why_cloud_sql_could_not_make_one_is_told(waiting: Waiting) -> None:
    with (
        conversation("cloud_sql_fails"),
        pytest.raises(BackupError, match="The disk is being resized"),
    ):
        CLOUD_SQL.make(LABEL, waiting)


def test_the_last_good_backup_of_cloud_sql_and_how_far_one_can_go() -> None:
    with conversation("cloud_sql_recent"):
        point = CLOUD_SQL.recent()
    assert (point.id, point.taken_at) == ("2", at(23, 3))
    assert point.reaches == at(23, 14, 57, 0, 500_000)


def test_cloud_sql_without_a_backup_is_told() -> None:
    with (
        conversation("cloud_sql_none"),
        pytest.raises(BackupError, match="no backup of platform") as caught,
    ):
        CLOUD_SQL.recent()
    assert "backup.make: true" in caught.value.hint


def test_a_token_that_may_not_is_named_by_its_variable_and_never_shown() -> None:
    with conversation("cloud_sql_denied"), pytest.raises(BackupError) as caught:
        CLOUD_SQL.recent()
    assert "did not let me" in caught.value.message
    assert "not authorized to make this request. ***" in caught.value.message
    assert "the token in T" in caught.value.hint
    assert TOKEN not in caught.value.message + caught.value.hint


def test_a_backup_of_azure_is_there_when_it_has_a_time(waiting: Waiting) -> None:
    with conversation("azure_make"):
        point = AZURE.make(LABEL, waiting)
    assert point == RecoveryPoint("Azure", LABEL, at(23, 15, 5, 10, 781234), made=True)


def test_azure_tells_no_end_of_its_history_so_nothing_is_claimed() -> None:
    with conversation("azure_recent"), pytest.raises(BackupError, match="not up to when") as caught:
        AZURE.recent()
    assert "backup.make: true" in caught.value.hint


def test_what_azure_refuses_is_not_sent_again(waiting: Waiting) -> None:
    with (
        conversation("azure_conflict"),
        pytest.raises(BackupError, match="busy with another operation"),
    ):
        AZURE.make(LABEL, waiting)


def test_a_branch_of_neon_is_made_and_waited_for(waiting: Waiting) -> None:
    with conversation("neon_branch"):
        point = NEON.make(LABEL, waiting)
    assert point == RecoveryPoint("Neon", "br-new-2", at(23, 15, 0, 2), made=True)


def test_a_snapshot_of_neon_is_made_and_waited_for(waiting: Waiting) -> None:
    with conversation("neon_snapshot"):
        assert SNAPSHOTS.make(LABEL, waiting).id == "snap-1"


def test_an_operation_of_neon_that_fails_is_told(waiting: Waiting) -> None:
    with conversation("neon_fails"), pytest.raises(BackupError, match="op-1 is failed"):
        NEON.make(LABEL, waiting)


def test_what_neon_refuses_is_told_in_its_own_words(waiting: Waiting) -> None:
    with conversation("neon_limit"), pytest.raises(BackupError, match="branches limit exceeded"):
        NEON.make(LABEL, waiting)


def test_a_branch_of_neon_with_a_history_reaches_up_to_now() -> None:
    with conversation("neon_recent"):
        point = NEON.recent()
    assert (point.id, point.size) == ("br-main-1", 28_958_720)
    assert point.reaches == point.taken_at
    with conversation("neon_no_history"), pytest.raises(BackupError, match="keeps no history"):
        NEON.recent()


def test_the_last_completed_backup_of_supabase_is_a_moment_of_its_own() -> None:
    with conversation("supabase_daily"):
        point = SUPABASE.recent()
    assert (point.id, point.reaches) == ("the daily backup of 2026-11-22", None)
    assert point.taken_at == at(22, 2, 0, 0, 123_000)


def test_point_in_time_recovery_of_supabase_reaches_to_the_end_of_its_window() -> None:
    with conversation("supabase_pitr"):
        assert SUPABASE.recent().reaches == datetime.fromtimestamp(1795446000, UTC)


@pytest.mark.parametrize(
    ("name", "why"),
    [("supabase_none", "its list is empty"), ("supabase_new", "has not begun")],
)
def test_supabase_without_a_backup_is_told(name: str, why: str) -> None:
    with conversation(name), pytest.raises(BackupError, match=why):
        SUPABASE.recent()


@pytest.mark.parametrize("environ", [{}, {"T": " "}, {"T": "two\nlines"}])
def test_without_a_token_nothing_is_asked(environ: dict[str, str]) -> None:
    points = SupabasePoints(Supabase("x", "T"), environ)
    with pytest.raises(UsageError, match="so Supabase cannot be asked") as caught:
        points.recent()
    assert "lines" not in caught.value.message


def test_what_is_never_there_is_given_up(waiting: Waiting) -> None:
    with pytest.raises(BackupError, match="a thing was not there after 1 h 0 min: it is slow"):
        waiting.until(lambda: "slow", "a thing")
