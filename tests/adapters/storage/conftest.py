"""One S3 for all tests of this folder, and a proxy for each."""

import secrets
from collections.abc import Iterator

import pytest

from bot.adapters.storage.objects import BucketStore, Patience
from bot.core.backups.location import location_of
from tests.adapters.storage.bucket import BUCKET, Proxy, environment, proxied, s3, surrounded

QUICK = Patience(request=2.0, connect=1.0, retries=2, retrying=5.0)


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    with s3() as address:
        yield address


@pytest.fixture
def proxy(upstream: str) -> Iterator[Proxy]:
    with proxied(upstream) as made, surrounded(environment(f"127.0.0.1:{made.port}")):
        yield made


@pytest.fixture
def store(proxy: Proxy) -> BucketStore:
    """A prefix of its own, and parts of a thousand bytes."""
    location = location_of(f"s3://{BUCKET}/{secrets.token_hex(4)}")
    return BucketStore(location, patience=QUICK, part=1000)
