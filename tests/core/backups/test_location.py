"""Where backups are kept, as it is written in a configuration."""

import pytest

from bot.core.backups.location import StoreKind, location_of, may_be_of, misplaced
from bot.core.backups.stored import Shelf, proof_key
from tests.fakes import MANIFEST


@pytest.mark.parametrize(
    ("text", "kind", "bucket", "prefix", "shown"),
    [
        ("s3://bucket", StoreKind.S3, "bucket", "", "s3://bucket"),
        ("s3://bucket/a/b/", StoreKind.S3, "bucket", "a/b", "s3://bucket/a/b"),
        ("gs://bucket/a", StoreKind.GOOGLE, "bucket", "a", "gs://bucket/a"),
        ("az://container/a", StoreKind.AZURE, "container", "a", "az://container/a"),
    ],
)
def test_a_bucket_and_a_prefix(
    text: str, kind: StoreKind, bucket: str, prefix: str, shown: str
) -> None:
    found = location_of(text)
    assert (found.kind, found.bucket, found.prefix) == (kind, bucket, prefix)
    assert found.remote
    assert str(found) == shown


@pytest.mark.parametrize("text", ["/var/backups", ".migration-bot/backups", "C:/backups"])
def test_everything_without_a_scheme_is_a_directory(text: str) -> None:
    assert str(location_of(text)) == text
    assert not location_of(text).remote


@pytest.mark.parametrize(
    "text", ["file:///x", "s3://", "s3://a b", "s3://id:key@bucket", "s3://b?region=x", "http://h"]
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="a store is a directory"):
        location_of(text)


def test_an_id_tells_whose_a_backup_may_be() -> None:
    assert may_be_of("20261122T120000Z-my-shop-ab12", "my shop")
    assert not may_be_of("20261122T120000Z-staging-ab12", "production")


def test_a_manifest_belongs_to_the_backup_of_its_id() -> None:
    assert misplaced(MANIFEST, "b-1") == ""
    assert misplaced(MANIFEST, "b-2") == "its manifest is that of b-1"


def test_the_last_proof_comes_first() -> None:
    files = (
        proof_key("b-1"),
        proof_key("b-1", "20261124"),
        proof_key("b-1", "20261123"),
        proof_key("b-10"),
    )
    assert Shelf(files=files).proofs_of("b-1") == (
        "b-1.proof-20261124.json",
        "b-1.proof-20261123.json",
        "b-1.proof.json",
    )
