"""Where a throw-away server is put."""

import os
from pathlib import Path

import pytest

from bot.adapters.postgres.recipe import Confinement, in_memory

MEMORY = Path("/dev/shm")
SMALL, ENDLESS = Confinement(memory=1, file_size=1), Confinement(memory=1, file_size=1 << 60)
needs_memory = pytest.mark.skipif(
    not MEMORY.is_dir() or bool(os.statvfs(MEMORY).f_flag & os.ST_NOEXEC),
    reason="no file system in memory that programs can be run from",
)


@needs_memory
def test_a_confined_server_is_kept_in_memory_where_there_is_room() -> None:
    assert in_memory(SMALL, {}) == (MEMORY,)


def test_a_server_is_never_put_where_it_could_fill_the_memory() -> None:
    assert in_memory(ENDLESS, {}) == ()


def test_who_sets_a_temporary_directory_has_chosen() -> None:
    assert in_memory(SMALL, {"TMPDIR": "/var/tmp"}) == ()


def test_a_server_that_is_not_confined_has_no_limit_to_count_on() -> None:
    assert in_memory(None, {}) == ()
