"""One S3 for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.adapters.storage.bucket import s3


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    with s3() as address:
        yield address
