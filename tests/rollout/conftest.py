"""Rolling out to the real database of a test."""

import pytest

from tests.rollout.real import Apply


@pytest.fixture
def apply(database: str) -> Apply:
    return Apply(database)
