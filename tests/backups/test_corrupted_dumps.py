"""The corruption matrix on real dumps: each format, plain and encrypted, in a directory and in a
bucket. Without a cover-up the first level finds everything. With a manifest that was made to fit,
what decompresses to other rows is found by the last level, and by the digest written down."""

import gzip
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.adapters.postgres.backups.copies import Copies
from bot.adapters.postgres.backups.dump import Dumping, take_backup
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import best_for_server
from bot.backups.shelf import find
from bot.backups.taking import take
from bot.backups.verifying import verify
from bot.core.backups.backup import COMMAND_FORMAT, MANIFEST, Manifest, Proof
from bot.core.backups.level import Level
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import BackupError, BotError, BrokenBackup
from bot.wiring.providers import prover_of
from bot.world.backups import Note
from tests.backups.corrupting import CORRUPTIONS, PLACES, Kept, kept_in
from tests.backups.means import Files
from tests.backups.test_taking import ignored
from tests.conftest import RunningServer

SHOP = """
CREATE TABLE customer (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer, note text);
CREATE VIEW large AS SELECT * FROM orders WHERE id > 1000;
INSERT INTO customer SELECT n, md5(n::text) FROM generate_series(1, 2000) n;
INSERT INTO orders SELECT n, n, md5((n * 7)::text) FROM generate_series(1, 2000) n;
"""
PRODUCTION = default_targets()["production"]
LAST = {
    "all": Level.CONTENT,
    "touched": Level.CONTENT,
    "cluster": Level.RESTORE,
    "command": Level.DECODE,
}


@dataclass
class Copied(Files):
    """A provider that gives copies of one real dump."""

    place: Path = field(default_factory=Path)
    manifest: Manifest | None = None
    last: Level = Level.CONTENT

    def take(self, staging: Path, note: Note) -> Manifest:
        assert self.manifest is not None
        shutil.copytree(self.place, staging / self.manifest.path)
        return self.manifest

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Note) -> Proof:
        prover = prover_of(PRODUCTION, manifest, os.environ)
        return prover.prove(manifest, place, level, note)


@pytest.fixture(scope="module", params=LAST)
def dump(
    request: pytest.FixtureRequest,
    server: RunningServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Copied:
    """By the programs of the server's own major: zstd of some, gzip of others."""
    directory = tmp_path_factory.mktemp("dump")
    if request.param == "cluster":
        manifest = copied(major_of(server.url()), directory)
    elif request.param == "command":
        manifest = written(directory)
    else:
        touched = ["public.orders"] if request.param == "touched" else None
        manifest = dumped(server.url(), directory, touched)
    return Copied(place=directory / manifest.path, manifest=manifest, last=LAST[request.param])


def dumped(url: str, directory: Path, touched: list[str] | None) -> Manifest:
    wanted = Dumping(level=Level.CONTENT, touched=touched, only_touched=touched is not None)
    with connect(url, application_name="test") as admin:
        admin.execute("CREATE DATABASE spoiled TEMPLATE template0")
        source = urlsplit(url)._replace(path="/spoiled").geturl()
        with connect(source, application_name="test") as connection:
            connection.execute(SHOP.encode())
        taken = take_backup("production", parse_url(source), directory, run_id="1", wanted=wanted)
        admin.execute("DROP DATABASE spoiled WITH (FORCE)")
    return taken


def copied(major: int, directory: Path) -> Manifest:
    """Of a whole server, which lets itself be copied."""
    with start_server(best_for_server(major), databases=("shop",)) as server:
        with (server.data_directory / "pg_hba.conf").open("a") as hba:
            hba.write("local replication all trust\n")
        with connect(server.url("shop"), application_name="test") as connection:
            connection.execute(b"SELECT pg_reload_conf()")
            connection.execute(SHOP.encode())
        copies = Copies(PRODUCTION, parse_url(server.url("shop")), "1", os.environ)
        return copies.take(directory, ignored)


def written(directory: Path) -> Manifest:
    """What a program of the operator's has left: one file of its own kind."""
    made = Files({"backup.img": gzip.compress(os.urandom(60_000))}).take(directory, ignored)
    manifest = replace(made, format=COMMAND_FORMAT, level=Level.DECODE)
    (directory / made.path / MANIFEST).write_text(manifest.to_json(), "utf-8")
    return manifest


def major_of(url: str) -> int:
    with connect(url, application_name="test") as connection:
        return connection.info.server_version // 10_000


@contextmanager
def keeping(
    request: pytest.FixtureRequest, kind: str, dump: Copied, tmp_path: Path
) -> Iterator[tuple[Kept, str, str]]:
    """What is kept, with the id of a backup that is good, and its digest. Its proof waits."""
    # A copy of a cluster is a hundred times as large as these dumps.
    part = 3_000_000 if dump.last is Level.RESTORE else 40_000
    upstream = request.getfixturevalue("upstream") if "bucket" in kind else None
    with kept_in(kind, tmp_path / "kept", dump, upstream=upstream, part=part) as made:
        summary = take(made.means, ignored, level=Level.DECODE)
        yield made, summary.id, summary.digest


def proved(kept: Kept, id: str, level: Level) -> None:
    verify(find(kept.means, id), level, kept.means, ignored)


def keys_of(kept: Kept, id: str) -> list[str]:
    """Of every file that has something in it."""
    keys = [each for each in kept.keys(id) if not each.endswith(MANIFEST)]
    return [each for each in keys if len(kept.get(each)) > 200]


def rows_of(kept: Kept, id: str) -> str:
    """The largest file, which holds rows in every format."""
    keys = [each for each in keys_of(kept, id) if "toc.dat" not in each]
    return max(keys, key=lambda each: len(kept.get(each)))


def same_inside(before: bytes, after: bytes) -> bool:
    """Whether both decompress to the same: where there are nothing but zeros, as in a segment of
    the log that is not full, another bit may stand for the same bytes."""
    try:
        return gzip.decompress(before) == gzip.decompress(after)
    except (OSError, EOFError, zlib.error):
        return False


@pytest.mark.slow
@pytest.mark.parametrize("dump", ["all", "command"], indirect=True)
def test_one_bit_of_an_encrypted_dump_is_enough(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path
) -> None:
    with keeping(request, "directory, encrypted", dump, tmp_path) as (kept, id, _):
        proved(kept, id, Level.DECODE)
        kept.change(rows_of(kept, id), CORRUPTIONS["a bit flipped"])
        with pytest.raises(BrokenBackup, match="has changed"):
            proved(kept, id, Level.DECODE)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("corruption", [*CORRUPTIONS, "missing"])
@pytest.mark.parametrize("kind", PLACES)
def test_the_first_level_finds_whatever_was_spoiled(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path, kind: str, corruption: str
) -> None:
    with keeping(request, kind, dump, tmp_path) as (kept, id, _):
        for key in keys_of(kept, id):
            before = kept.get(key)
            if corruption == "missing":
                kept.delete(key)
            else:
                kept.change(key, CORRUPTIONS[corruption])
            with pytest.raises(BrokenBackup, match="is not what was written"):
                proved(kept, id, Level.DECODE)
            kept.put(key, before)
        proved(kept, id, Level.DECODE)


@pytest.mark.slow
@pytest.mark.parametrize("corruption", ["truncated", "emptied"])
@pytest.mark.parametrize(
    "dump",
    ["all", "touched", pytest.param("cluster", marks=pytest.mark.soak)],
    indirect=True,
)
def test_rows_that_are_missing_are_found_though_the_manifest_was_made_to_fit(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path, corruption: str
) -> None:
    with keeping(request, "in place", dump, tmp_path) as (kept, id, digest):
        kept.change(rows_of(kept, id), CORRUPTIONS[corruption])
        kept.cover_up(id)
        assert kept.manifest(id).digest != digest
        with pytest.raises(BackupError):
            proved(kept, id, Level.DECODE)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("corruption", CORRUPTIONS)
@pytest.mark.parametrize("kind", ["in place", "bucket"])
def test_the_last_level_finds_whatever_the_manifest_was_made_to_fit(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path, kind: str, corruption: str
) -> None:
    with keeping(request, kind, dump, tmp_path) as (kept, id, digest):
        for key in keys_of(kept, id):
            if corruption == "a bit flipped" and "toc.dat" in key:
                # Half of it are texts that no restore uses: the DROP of every object.
                continue
            files = {each: kept.get(each) for each in (key, f"{id}/{MANIFEST}")}
            kept.change(key, CORRUPTIONS[corruption])
            kept.cover_up(id)
            assert kept.manifest(id).digest != digest
            if same_inside(files[key], kept.get(key)):
                kept.put(key, files[key])
                kept.put(f"{id}/{MANIFEST}", files[f"{id}/{MANIFEST}"])
                continue
            # Of what a program has left nobody knows more than its digest.
            if dump.last is not Level.DECODE:
                with pytest.raises(BotError) as caught:
                    proved(kept, id, dump.last)
                assert isinstance(caught.value, BackupError), key
            for each, data in files.items():
                kept.put(each, data)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_who_has_no_private_key_cannot_spoil_what_is_encrypted(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path, corruption: str
) -> None:
    with keeping(request, "directory, encrypted", dump, tmp_path) as (kept, id, _):
        kept.change(rows_of(kept, id), CORRUPTIONS[corruption])
        kept.cover_up(id)
        with pytest.raises(BackupError, match="cannot be decrypted"):
            proved(kept, id, Level.DECODE)


@pytest.mark.slow
@pytest.mark.parametrize(
    "dump", ["all", pytest.param("touched", marks=pytest.mark.soak)], indirect=True
)
def test_counts_that_were_edited_are_not_what_is_restored(
    request: pytest.FixtureRequest, dump: Copied, tmp_path: Path
) -> None:
    with keeping(request, "in place", dump, tmp_path) as (kept, id, _):
        tables = [
            {"name": each.name, "rows": each.rows + 1, "content": each.content}
            for each in kept.manifest(id).tables
        ]
        kept.edit(id, tables=tables)
        with pytest.raises(BrokenBackup, match="2001 rows became 2000"):
            proved(kept, id, Level.RESTORE)
