"""Where a throw-away server is put."""

from pathlib import Path

import pytest

from bot.adapters.postgres.recipe import Confinement, Provision, recipe
from bot.adapters.postgres.tools import Installation

MEMORY = Path("/dev/shm")
needs_memory = pytest.mark.skipif(not MEMORY.is_dir(), reason="no file system in memory here")


def base(installation: Installation, confinement: Confinement | None) -> Path:
    provision = Provision(confinement=confinement)
    made = recipe(installation, tcp=False, password=None, settings={}, provision=provision)
    return Path(made["base"])


@needs_memory
def test_a_confined_server_is_never_put_where_it_could_fill_the_memory(
    installation: Installation,
) -> None:
    assert base(installation, Confinement(memory=1, file_size=1 << 60)) != MEMORY


@needs_memory
def test_who_sets_a_temporary_directory_has_chosen(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/var/tmp")
    assert base(installation, Confinement(memory=1, file_size=1)) != MEMORY


def test_a_server_that_is_not_confined_has_no_limit_to_count_on(installation: Installation) -> None:
    assert base(installation, None) != MEMORY
