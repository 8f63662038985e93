"""Copies of whole clusters, and the servers that start on them."""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.copies import Copies
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation
from bot.core.backups.backup import CLUSTER_FORMAT, BackupFile, Manifest
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.sources import PgBaseBackup
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import BackupError

PRODUCTION = replace(
    default_targets()["production"], backup=BackupPolicy(required=True, source=PgBaseBackup())
)


def run(url: str, script: str) -> None:
    with connect(url, application_name="test") as connection:
        connection.execute(script.encode())


@pytest.fixture(scope="module")
def cluster(installation_15_or_newer: Installation) -> Iterator[str]:
    """A server that lets itself be copied, with a setting that must not come along."""
    with start_server(installation_15_or_newer, databases=("shop",)) as server:
        with (server.data_directory / "pg_hba.conf").open("a") as hba:
            hba.write("local replication all trust\n")
        run(server.url(), "ALTER SYSTEM SET archive_command = 'touch /tmp/never'")
        run(server.url(), "SELECT pg_reload_conf()")
        run(server.url("shop"), "CREATE TABLE orders AS SELECT generate_series(1, 5000) AS n")
        run(server.url("shop"), "CREATE INDEX ON orders (n); CREATE ROLE reader")
        run(server.url("shop"), "GRANT SELECT ON orders TO reader")
        yield server.url("shop")


@pytest.fixture(scope="module")
def installation_15_or_newer() -> Installation:
    from tests.conftest import SERVERS

    able = [each for each in SERVERS.values() if each.copies]
    if not able:
        pytest.skip("NOT CHECKED: no PostgreSQL here has pg_basebackup and pg_verifybackup")
    return min(able, key=lambda each: each.major)


@pytest.fixture(scope="module")
def copied(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Path]:
    staging = tmp_path_factory.mktemp("staging")
    told: list[str] = []
    manifest = copies(cluster).take(staging, told.append)
    assert any("copying the cluster" in line for line in told)
    return manifest, staging / manifest.path


def copies(url: str) -> Copies:
    return Copies(PRODUCTION, parse_url(url), "a1", os.environ)


def quiet(_: str) -> None:
    pass


@pytest.mark.slow
def test_a_server_starts_on_a_copy_and_has_the_same_schema(
    copied: tuple[Manifest, Path], cluster: str
) -> None:
    manifest, place = copied
    assert (manifest.format, manifest.database) == (CLUSTER_FORMAT, "shop")
    assert {file.name for file in manifest.files} == {
        "catalogue.json",
        "copy/backup_manifest",
        "copy/base.tar.gz",
        "copy/pg_wal.tar.gz",
    }
    assert Manifest.from_json((place / "manifest.json").read_text()) == manifest
    proof = copies(cluster).prove(manifest, place, Level.RESTORE, quiet)
    assert (proof.ok, proof.level, proof.tables, proof.rows) == (True, Level.RESTORE, 1, 5000)
    assert not Path("/tmp/never").exists()


@pytest.mark.slow
def test_a_copy_can_be_read_to_its_end_without_a_server(
    copied: tuple[Manifest, Path], cluster: str
) -> None:
    manifest, place = copied
    proof = copies(cluster).prove(manifest, place, Level.DECODE, quiet)
    assert (proof.ok, proof.restored_on) == (True, "")
    with pytest.raises(BackupError, match="and not by restoring it and comparing the rows"):
        copies(cluster).prove(manifest, place, Level.CONTENT, quiet)


def spoilt(manifest: Manifest, place: Path, new: Path, how: str) -> Manifest:
    """A copy that was spoilt before its digest was taken."""
    for file in manifest.files:
        (new / file.name).parent.mkdir(parents=True, exist_ok=True)
        (new / file.name).write_bytes((place / file.name).read_bytes())
    base = new / "copy" / "base.tar.gz"
    if how == "truncated":
        base.write_bytes(base.read_bytes()[:-100])
    else:
        _rewrite(base, without="PG_VERSION" if how == "a file is missing" else "")
    raw = base.read_bytes()
    changed = BackupFile("copy/base.tar.gz", len(raw), hashlib.sha256(raw).hexdigest())
    files = tuple(changed if f.name == changed.name else f for f in manifest.files)
    return replace(manifest, files=files)


def _rewrite(base: Path, *, without: str) -> None:
    """The same archive less one file, or with a bit of one flipped."""
    old = base.with_name("old.tar.gz")
    base.rename(old)
    with tarfile.open(old) as source, tarfile.open(base, "w:gz", compresslevel=1) as target:
        for member in source:
            if without and member.name == without:
                continue
            data = source.extractfile(member)
            if not without and member.name == "global/pg_control" and data is not None:
                _add_flipped(target, member, data.read())
            else:
                target.addfile(member, data)
    old.unlink()


def _add_flipped(target: tarfile.TarFile, member: tarfile.TarInfo, raw: bytes) -> None:
    from io import BytesIO

    middle = len(raw) // 2
    target.addfile(member, BytesIO(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["truncated", "a file is missing", "a bit is flipped"])
def test_a_copy_that_the_servers_manifest_does_not_describe_is_refused(
    copied: tuple[Manifest, Path], cluster: str, tmp_path: Path, how: str
) -> None:
    manifest, place = copied
    bad = spoilt(manifest, place, tmp_path / "bad", how)
    with pytest.raises(BackupError) as caught:
        copies(cluster).prove(bad, tmp_path / "bad", Level.DECODE, quiet)
    said = caught.value.message + caught.value.hint
    assert "ends in the middle" in said or "pg_verifybackup failed" in said


@pytest.mark.slow
def test_a_server_that_allows_no_replication_is_told_so(
    installation_15_or_newer: Installation, tmp_path: Path
) -> None:
    with (
        start_server(installation_15_or_newer) as server,
        pytest.raises(BackupError, match="pg_basebackup failed") as caught,
    ):
        copies(server.url()).take(tmp_path, quiet)
    assert "a role with REPLICATION" in caught.value.hint
