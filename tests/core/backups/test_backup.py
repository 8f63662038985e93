"""A manifest survives being written down, and what does not agree is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.backups.backup import (
    BackupFile,
    Manifest,
    Proof,
    TableContent,
    differences_of_content,
)
from bot.core.backups.stored import StoredBytes
from bot.errors import BackupError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANIFEST = Manifest(
    id="20261122T120000Z-production-1",
    target="production",
    database="shop",
    system_identifier="7400000000000000001",
    server_version="15.18",
    tool_version="18.6",
    started_at=NOON,
    finished_at=NOON + timedelta(seconds=3),
    lsn="0/1A2B3C",
    size=1234,
    seconds=3.25,
    path="20261122T120000Z-production-1",
    format="directory, gzip:1",
    files=(BackupFile("dump/toc.dat", 1234, "ab" * 32),),
    tables=(TableContent("public.User", 3, "-17"), TableContent("public.Ordér", 4)),
    roles=("shop owner",),
    migration_head="20240529000000_initial_schema",
)


def test_a_manifest_survives_json() -> None:
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST
    assert json.loads(MANIFEST.to_json())["schema"] == 2
    assert "Ordér" in MANIFEST.to_json()


def test_what_became_of_each_file_where_it_is_kept_survives_json() -> None:
    stored = StoredBytes("dump/toc.dat.age", 1500, "cd" * 32, parts=2)
    kept = replace(
        MANIFEST,
        files=(replace(MANIFEST.files[0], stored=stored),),
        recipients=("age1x",),
        location="s3://bucket",
        server_time=NOON,
    )
    assert Manifest.from_json(kept.to_json()) == kept
    assert stored.keys == ("dump/toc.dat.age.00001", "dump/toc.dat.age.00002")
    assert (kept.encrypted, kept.stored_size, MANIFEST.stored_size) == (True, 1500, 1234)


def test_a_manifest_of_the_first_schema_is_read_and_keeps_its_digest() -> None:
    values = json.loads(MANIFEST.to_json())
    new = ("database_size", "touched", "level", "location", "recipients", "server_time")
    old = {name: each for name, each in values.items() if name not in new} | {"schema": 1}
    del old["files"][0]["stored"]
    text = json.dumps(old, indent=2, ensure_ascii=False) + "\n"
    read = Manifest.from_json(text)
    assert read == replace(MANIFEST, schema=1)
    assert read.to_json() == text


def test_a_manifest_counts_and_compares() -> None:
    assert MANIFEST.rows == 7
    assert (MANIFEST.server_major, MANIFEST.tool_major) == (15, 18)


def test_a_digest_changes_with_the_manifest() -> None:
    assert MANIFEST.digest.startswith("sha256:")
    assert MANIFEST.digest == Manifest.from_json(MANIFEST.to_json()).digest
    assert MANIFEST.digest != replace(MANIFEST, size=1235).digest


FILE = {"name": "dump/toc.dat", "size": 1, "sha256": "x"}


def with_value(name: str, value: object) -> str:
    return json.dumps({**json.loads(MANIFEST.to_json()), name: value})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        MANIFEST.to_json().replace('"lsn"', '"other"'),
        "[" * 100_000,
        with_value("files", ["a"]),
        with_value("files", [{"name": ["a"], "size": 1, "sha256": "x"}]),
        with_value("files", [{**FILE, "stored": {**FILE, "parts": 10**12}}]),
        with_value("files", [{**FILE, "size": "1"}]),
        with_value("tables", [{"name": "a", "rows": -1}]),
        with_value("target", 1),
    ],
    ids=lambda each: each[-40:],
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(BackupError, match="cannot be read"):
        Manifest.from_json(text)


def test_a_manifest_of_another_version_is_refused() -> None:
    text = MANIFEST.to_json().replace('"schema": 2', '"schema": 3')
    with pytest.raises(BackupError, match="has schema 3") as caught:
        Manifest.from_json(text)
    assert "version of migration-bot" in caught.value.hint


def test_tables_that_differ_are_named() -> None:
    a, b, c = (TableContent(name, 5, "1") for name in "abc")
    found = (replace(a, rows=4), replace(b, content="2"), TableContent("d", 1))
    assert differences_of_content((a, b, c), found) == (
        "table a: 5 rows became 4",
        "table b: the rows are not the same",
        "table c is missing",
        "table d was not in the backup",
    )
    assert differences_of_content((a, b, c), (c, b, a)) == ()


def test_a_table_counted_without_a_sum_is_compared_by_its_rows() -> None:
    counted = (TableContent("a", 5),)
    assert differences_of_content(counted, (TableContent("a", 5, "17"),)) == ()


def test_a_proof_without_differences_is_one() -> None:
    proof = Proof(backup="b", restored_on="15.18", seconds=1.0, tables=2, rows=7)
    assert proof.ok
    assert proof.level == "restore"
    assert not replace(proof, differences=("table a is missing",)).ok
