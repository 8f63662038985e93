"""What is said of where backups go."""

from dataclasses import replace

import pytest

from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.sources import Command, PgBaseBackup
from bot.core.doctor.access import Access, StoreLook
from bot.core.doctor.check import State, Trouble
from bot.core.doctor.machine import Programs
from bot.core.settings import default_targets
from bot.doctor import backups as doctor

TARGETS = default_targets()
STAGING, PRODUCTION = TARGETS["staging"], TARGETS["production"]
FIFTEEN = Programs(15, "15.1", "/15", dumps=True, runs_servers=True, copies=True)
CLIENTS = Programs(18, "18.1", "/18", dumps=True)
WHOLE = replace(CLIENTS, runs_servers=True, copies=True)
WRONG = Trouble("It cannot be written to.", "Mend it.")


def test_a_pg_dump_older_than_the_server_fails_where_a_backup_is_a_condition() -> None:
    found = doctor.backup_programs(PRODUCTION, [FIFTEEN], 18)
    assert found.state is State.FAIL
    assert "(found: 15)" in found.said
    assert "apt-get install postgresql-18" in found.advice
    assert doctor.backup_programs(STAGING, [FIFTEEN], 18).state is State.WARN
    assert "(found: none)" in doctor.backup_programs(PRODUCTION, [], 18).said


def test_a_backup_that_is_restored_to_prove_it_needs_a_server() -> None:
    assert doctor.backup_programs(PRODUCTION, [CLIENTS], 18).state is State.FAIL
    decoded = replace(PRODUCTION, backup=BackupPolicy(required=True, level=Level.DECODE))
    assert doctor.backup_programs(decoded, [CLIENTS], 18).state is State.PASS


@pytest.mark.parametrize("major", [13, 15, 18])
def test_programs_as_new_as_the_server_pass(major: int) -> None:
    assert doctor.backup_programs(PRODUCTION, [FIFTEEN, WHOLE], major).state is State.PASS


def test_a_copy_needs_the_very_same_major() -> None:
    copied = replace(PRODUCTION, backup=BackupPolicy(required=True, source=PgBaseBackup()))
    assert doctor.backup_programs(copied, [WHOLE], 15).state is State.FAIL
    assert doctor.backup_programs(copied, [WHOLE, FIFTEEN], 15).state is State.PASS


def test_programs_are_not_looked_for_without_a_need() -> None:
    told = replace(PRODUCTION, backup=BackupPolicy(source=Command(("backup",))))
    assert doctor.backup_programs(told, [], 18).state is State.SKIPPED
    assert doctor.backup_programs(PRODUCTION, [], None).state is State.SKIPPED


def test_a_store_that_refuses_fails_where_a_backup_is_a_condition() -> None:
    store = StoreLook("s3://b", trouble=WRONG)
    assert doctor.backup_store(PRODUCTION, store).state is State.FAIL
    assert doctor.backup_store(STAGING, store).state is State.WARN


def test_what_was_written_is_said() -> None:
    found = doctor.backup_store(PRODUCTION, StoreLook("s3://b", probed=True, backups=2))
    assert found.state is State.PASS
    assert "2 backups" in found.said
    assert "What was written to see that is removed." in found.said


def test_a_directory_that_nobody_made_yet_is_fine() -> None:
    assert doctor.backup_store(PRODUCTION, StoreLook("b", begun=False)).state is State.PASS


def test_keys_that_cannot_be_used() -> None:
    public = doctor.backup_key(PRODUCTION, StoreLook("b", recipients=0, sealing=WRONG))
    assert public.state is State.FAIL
    private = doctor.backup_key(PRODUCTION, StoreLook("b", recipients=1, opening=WRONG))
    assert private.state is State.WARN


def test_keys_that_can_be_used_or_are_not_wanted() -> None:
    assert doctor.backup_key(PRODUCTION, StoreLook("b")).state is State.SKIPPED
    found = doctor.backup_key(PRODUCTION, StoreLook("b", recipients=2))
    assert found.said == "Backups are encrypted to 2 public keys."


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [
        (None, 10, State.SKIPPED),
        (10, None, State.SKIPPED),
        (10, 11, State.WARN),
        (11, 11, State.PASS),
        (1000, 11, State.PASS),
    ],
)
def test_room_for_a_backup(free: int | None, size: int | None, state: State) -> None:
    store = StoreLook("b", free=free)
    assert doctor.backup_space(PRODUCTION, store, Access(size=size)).state is state


def test_recovery_points_elsewhere_need_no_store_here() -> None:
    found = list(doctor.backup_checks(PRODUCTION, None, [WHOLE], 18, Access()))
    assert [each.state for each in found] == [State.PASS, *[State.SKIPPED] * 3]
