from pathlib import Path

import pytest

from tests.adapters.checkout.repository import FIRST, LOCK, SECOND, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two migrations on main, and a branch `feature` checked out that has nothing of its own."""
    home = tmp_path / "home"
    home.mkdir()
    made = Repository(tmp_path / "work", home)
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    made.write("migration_lock.toml", LOCK)
    made.add(FIRST, SECOND)
    made.commit("the first two")
    made.branch("feature")
    return made
