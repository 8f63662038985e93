"""What is said of a machine."""

import pytest

from bot.core.doctor.check import State, Trouble
from bot.core.doctor.machine import Installation, Machine, Place, Programs
from bot.doctor import machine as doctor

HERE = Place("/tmp", free=50_000_000_000)
WHOLE = Installation("0.1.0", locked=True)
PROGRAMS = (Programs(18, "18.1", "/opt/18", dumps=True, runs_servers=True),)


def machine(*programs: Programs, trouble: Trouble | None = None) -> Machine:
    return Machine((3, 12, 1), WHOLE, HERE, HERE, "2.39.5", "22.1.0", programs, trouble)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 14, 0)])
def test_the_pythons_that_were_tried_pass(version: tuple[int, int, int]) -> None:
    assert doctor.python(version).state is State.PASS


def test_a_python_is_too_old_or_too_new() -> None:
    assert doctor.python((3, 10, 2)).state is State.FAIL
    newer = doctor.python((3, 15, 0))
    assert (newer.state, newer.said) == (State.WARN, "Python 3.15.0 is newer than what was tried.")


def test_packages_are_missing_or_other_than_locked() -> None:
    missing = doctor.installation(Installation("0.1.0", missing=("click", "jinja2")))
    assert missing.state is State.FAIL
    assert "lacks packages: click, jinja2." in missing.said
    assert "--force-reinstall" in missing.advice

    other = tuple(f"p{number} 2 (locked: 1)" for number in range(5))
    found = doctor.installation(Installation("0.1.0", other=other, locked=True))
    assert found.state is State.WARN
    assert "p0 2 (locked: 1), p1 2 (locked: 1), p2 2 (locked: 1) and 2 others." in found.said


def test_an_installation_that_is_whole_says_where_it_came_from() -> None:
    found = doctor.installation(Installation("0.1.0", "acme/migration-bot@" + "c" * 40))
    assert found.state is State.PASS
    assert "of acme/migration-bot@ccc" in found.said
    assert doctor.installation(WHOLE).said == "migration-bot 0.1.0, as its lock has it."


def test_git_is_missing_or_too_old() -> None:
    assert doctor.git(None).state is State.FAIL
    assert doctor.git("2.11.0").state is State.FAIL
    assert doctor.git("2.15.0").state is State.PASS
    assert doctor.git("3.0").state is State.PASS


def test_without_programs_of_postgresql_nothing_is_backed_up_or_rehearsed() -> None:
    bare = machine()
    assert doctor.client_programs(bare).state is State.WARN
    assert "postgresql-client-18" in doctor.client_programs(bare).advice
    assert doctor.throw_away_server(bare).state is State.WARN
    assert "migration-bot[embedded]" in doctor.throw_away_server(bare).advice


def test_client_programs_alone_run_no_server() -> None:
    clients = machine(Programs(16, "16.2", "/a", dumps=True), Programs(15, "15.1", "/b", True))
    assert doctor.client_programs(clients).said.endswith("PostgreSQL 15, 16.")
    assert doctor.client_programs(clients).state is State.PASS
    assert doctor.throw_away_server(clients).state is State.WARN
    assert doctor.throw_away_server(machine(*PROGRAMS)).state is State.PASS


def test_a_directory_of_programs_that_has_none_is_told_once() -> None:
    wrong = machine(trouble=Trouble("MIGRATION_BOT_PG_BIN names /x.", "Name another."))
    assert doctor.client_programs(wrong).state is State.FAIL
    assert doctor.client_programs(wrong).advice == "Name another."
    assert doctor.throw_away_server(wrong).state is State.SKIPPED


@pytest.mark.parametrize(
    ("prisma", "node", "state"),
    [
        (None, None, State.SKIPPED),
        (None, "22.0.0", State.SKIPPED),
        ("5.22.0", "20.1.0", State.PASS),
        ("7.0.1", "22.1.0", State.PASS),
        ("4.16.0", "20.1.0", State.WARN),
        ("6.1.0", None, State.WARN),
        ("8.0.0", "22.1.0", State.FAIL),
        ("8.0.0", None, State.FAIL),
        (Trouble("It does not answer.", "Try it."), "22.1.0", State.FAIL),
    ],
)
def test_prisma_and_the_node_that_runs_it(
    prisma: str | Trouble | None, node: str | None, state: State
) -> None:
    assert doctor.prisma_cli(prisma, node).state is state


def test_a_cache_nobody_can_write_to_is_worth_a_look() -> None:
    assert doctor.cache(Place("")).state is State.WARN
    assert doctor.cache(Place("/root/.cache", writable=False)).state is State.WARN
    assert doctor.cache(Place("/home/ada/.cache")).state is State.PASS


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (None, State.SKIPPED),
        (100_000_000, State.FAIL),
        (500_000_000, State.WARN),
        (1_000_000_000, State.PASS),
    ],
)
def test_room_for_throw_away_servers(free: int | None, state: State) -> None:
    assert doctor.disk(Place("/tmp", free=free)).state is state


def test_a_place_for_temporary_files_that_cannot_be_written_to_fails() -> None:
    found = doctor.disk(Place("/tmp", writable=False, free=50_000_000_000))
    assert found.state is State.FAIL
    assert "TMPDIR" in found.advice


def test_everything_is_said_of_a_machine_once() -> None:
    found = list(doctor.machine_checks(machine(*PROGRAMS), None))
    names = [each.name for each in found]
    assert len(names) == len(set(names)) == 8
    assert all(each.state in (State.PASS, State.SKIPPED) for each in found)
    assert not any(each.advice for each in found)
