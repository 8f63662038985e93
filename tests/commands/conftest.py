"""A fresh repository for every test that calls the bot in one."""

from pathlib import Path

import pytest

from tests.commands.place import Place, repository


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return repository(tmp_path / "repository")
