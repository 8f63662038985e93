"""Kept data directories: which one is found, which go, and that none is ever an error."""

import os
from pathlib import Path

import pytest

from bot.adapters.postgres.rehearsal.places.templates import (
    SUFFIX,
    UNFINISHED,
    Templates,
    cache_directory,
    keys,
)
from bot.core.rehearsals.rehearsal_order import BaseMigration
from tests.adapters.postgres.rehearsal.places import HISTORY

KEYS = keys({"server": "18.6"}, HISTORY)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "PG_VERSION").write_text("18\n")
    return directory


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "templates"


def names(cache: Path) -> set[str]:
    return {each.name for each in cache.iterdir()}


def test_the_longest_prefix_is_found(cache: Path, data: Path) -> None:
    templates = Templates(cache)
    assert templates.longest(KEYS) is None
    for place in (0, 2):
        templates.keep(KEYS[place], data)
    assert templates.longest(KEYS) == (2, cache / (KEYS[2] + SUFFIX))
    assert templates.longest(KEYS[:2]) == (0, cache / (KEYS[0] + SUFFIX))


def test_a_key_is_of_everything_before_it() -> None:
    first, second = HISTORY[:2]
    changed = BaseMigration(first.name, first.sql, "0" * 63 + "f")
    renamed = BaseMigration(first.name + "s", first.sql, first.checksum)
    for other in ((changed, second), (renamed, second), (second, first)):
        found = keys({"server": "18.6"}, other)
        assert found[0] == KEYS[0]
        assert not set(found[1:]) & set(KEYS)
    assert not set(keys({"server": "18.7"}, HISTORY)) & set(KEYS)
    assert len(set(KEYS)) == len(HISTORY) + 1


def test_the_place_and_what_is_in_it_are_for_nobody_else(cache: Path, data: Path) -> None:
    Templates(cache).keep(KEYS[0], data)
    for place in (cache, cache.parent):
        assert place.stat().st_mode & 0o777 == 0o700
    assert (cache / (KEYS[0] + SUFFIX)).stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_not_kept_again(cache: Path, data: Path) -> None:
    templates = Templates(cache)
    assert templates.wants(KEYS[0])
    templates.keep(KEYS[0], data)
    assert not templates.wants(KEYS[0])
    before = (cache / (KEYS[0] + SUFFIX)).stat().st_ino
    templates.keep(KEYS[0], data)
    assert (cache / (KEYS[0] + SUFFIX)).stat().st_ino == before


def test_what_was_used_longest_ago_goes_first(cache: Path, data: Path) -> None:
    templates = Templates(cache, most_entries=2)
    for place in (0, 1):
        templates.keep(KEYS[place], data)
        os.utime(cache / (KEYS[place] + SUFFIX), (place, place))
    templates.longest(KEYS[:1])
    templates.keep(KEYS[2], data)
    assert names(cache) == {KEYS[0] + SUFFIX, KEYS[2] + SUFFIX}


def test_many_bytes_are_not_kept(cache: Path, data: Path) -> None:
    (data / "1259").write_bytes(bytes(1000))
    small = Templates(cache, most_bytes=900)
    small.keep(KEYS[0], data)
    assert names(cache) == set()
    Templates(cache, most_bytes=1_200).keep(KEYS[1], data)
    Templates(cache, most_bytes=1_200).keep(KEYS[2], data)
    assert len(names(cache)) == 1


def test_what_a_killed_run_began_is_swept_and_what_a_running_one_writes_is_not(
    cache: Path, data: Path
) -> None:
    import fcntl

    templates = Templates(cache)
    templates.keep(KEYS[0], data)
    (cache / f"{UNFINISHED}dead").touch()
    with (cache / f"{UNFINISHED}alive").open("wb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        templates.sweep()
        assert names(cache) == {KEYS[0] + SUFFIX, f"{UNFINISHED}alive"}


def test_what_vanishes_while_it_is_packed_leaves_no_half(cache: Path, data: Path) -> None:
    def vanish(name: str) -> bool:
        (data / name).unlink()
        return False

    Templates(cache).keep(KEYS[0], data, without=vanish)
    assert names(cache) == set()


def test_a_place_that_others_may_write_to_is_not_believed(cache: Path, data: Path) -> None:
    templates = Templates(cache)
    templates.keep(KEYS[0], data)
    cache.chmod(0o777)
    assert templates.longest(KEYS) is None
    templates.keep(KEYS[1], data)
    assert names(cache) == {KEYS[0] + SUFFIX}


def test_a_place_behind_a_link_or_a_file_is_not_used(tmp_path: Path, data: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for place in (tmp_path / "link", tmp_path / "file", tmp_path / "file" / "below"):
        templates = Templates(place)
        templates.keep(KEYS[0], data)
        assert templates.longest(KEYS) is None
    assert names(tmp_path / "real") == set()


def test_without_a_place_nothing_is_kept(data: Path) -> None:
    templates = Templates(None)
    templates.sweep()
    templates.keep(KEYS[0], data)
    assert not templates.wants(KEYS[0])
    assert templates.longest(KEYS) is None


def test_whatever_has_the_name_of_an_entry_can_be_forgotten(cache: Path, data: Path) -> None:
    templates = Templates(cache)
    templates.keep(KEYS[0], data)
    (cache / (KEYS[1] + SUFFIX) / "in").mkdir(parents=True)
    (cache / (KEYS[2] + SUFFIX)).symlink_to(data)
    while (found := templates.longest(KEYS)) is not None:
        templates.forget(found[1])
    assert names(cache) == set()
    assert data.is_dir()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"MIGRATION_BOT_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/c"}, "/c/.cache"),
        ({"HOME": "/c"}, "/c/.cache"),
    ],
)
def test_the_place_is_the_environments(environ: dict[str, str], expected: str) -> None:
    assert cache_directory(environ) == Path(expected) / "migration-bot" / "templates"


def test_without_a_home_there_is_no_place() -> None:
    assert cache_directory({}) is None
