"""A fresh repository for every test that calls the bot in one."""

from pathlib import Path

import pytest

from tests.commands.place import Place, repository
from tests.commands.within import NearPlace


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return repository(tmp_path / "repository")


@pytest.fixture
def near(tmp_path: Path) -> Place:
    """The same, in which no call takes a process."""
    return NearPlace(repository(tmp_path / "repository").root)
