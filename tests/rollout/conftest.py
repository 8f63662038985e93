"""Rolling out to the real database of a test."""

import pytest

from tests.rollout.real import Apply, TakeBack


@pytest.fixture
def apply(database: str) -> Apply:
    return Apply(database)


@pytest.fixture
def take_back(database: str) -> TakeBack:
    return TakeBack(database)
