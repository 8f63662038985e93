"""What each level of a proof finds, on real dumps."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.beside import require_alone
from bot.adapters.postgres.backups.dump import Dumping, take_backup
from bot.adapters.postgres.backups.proof import prove
from bot.adapters.postgres.connection import connect
from bot.core.backups.backup import BackupFile, Manifest
from bot.core.backups.level import Level
from bot.core.backups.prediction import Past
from bot.core.targets.url import parse_url
from bot.errors import BackupError

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customer (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer, state state);
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW paid AS SELECT * FROM orders WHERE state = 'paid';
INSERT INTO customer SELECT n, md5(n::text) FROM generate_series(1, 3000) n;
INSERT INTO orders SELECT n, n, 'paid' FROM generate_series(1, 3000) n;
INSERT INTO events SELECT n, '2026-05-05' FROM generate_series(1, 50) n;
"""


def run(url: str, script: str) -> None:
    with connect(url, application_name="test") as connection:
        connection.execute(script.encode())


@pytest.fixture
def shop(database: str) -> str:
    run(database, SHOP)
    return database


def back_up(url: str, place: Path, wanted: Dumping, told: list[str] | None = None) -> Manifest:
    progress = (told if told is not None else []).append
    return take_backup("shop", parse_url(url), place, run_id="1", progress=progress, wanted=wanted)


def shortened(manifest: Manifest, place: Path) -> Manifest:
    """A dump that broke off without a word: the manifest says what was written."""
    rows = max(place.glob(f"{manifest.path}/dump/*.dat.gz"), key=lambda path: path.stat().st_size)
    raw = rows.read_bytes()[:-20]
    rows.write_bytes(raw)
    name = rows.relative_to(place / manifest.path).as_posix()
    changed = BackupFile(name, len(raw), hashlib.sha256(raw).hexdigest())
    files = tuple(changed if file.name == name else file for file in manifest.files)
    return replace(manifest, files=files)


def test_decoding_reads_every_file_and_starts_no_server(shop: str, tmp_path: Path) -> None:
    manifest = back_up(shop, tmp_path, Dumping(level=Level.DECODE))
    proof = prove(manifest, tmp_path, level=Level.DECODE)
    assert (proof.ok, proof.level, proof.restored_on) == (True, Level.DECODE, "")


def test_decoding_finds_a_file_that_ends_too_early(shop: str, tmp_path: Path) -> None:
    manifest = shortened(back_up(shop, tmp_path, Dumping()), tmp_path)
    with pytest.raises(BackupError, match=r"\.dat\.gz: it ends in the middle"):
        prove(manifest, tmp_path, level=Level.DECODE)


@pytest.mark.slow
def test_a_restored_copy_that_lacks_one_row_is_refused(shop: str, tmp_path: Path) -> None:
    manifest = back_up(shop, tmp_path, Dumping())
    assert {table.content for table in manifest.tables} == {None}
    tables = tuple(
        replace(table, rows=table.rows + 1) if table.name == "public.orders" else table
        for table in manifest.tables
    )
    with pytest.raises(BackupError, match=r"table public\.orders: 3001 rows became 3000"):
        prove(replace(manifest, tables=tables), tmp_path, level=Level.RESTORE)


@pytest.mark.slow
def test_one_row_that_is_another_is_found_where_rows_are_compared(
    shop: str, tmp_path: Path
) -> None:
    wanted = Dumping(level=Level.CONTENT, touched=["public.orders"])
    manifest = back_up(shop, tmp_path, wanted)
    summed = [table.name for table in manifest.tables if table.content is not None]
    assert summed == ["public.orders"]
    assert prove(manifest, tmp_path, level=Level.CONTENT).level is Level.CONTENT
    run(shop, "UPDATE orders SET state = 'new' WHERE id = 1500")
    later = back_up(shop, tmp_path / "later", wanted)
    with pytest.raises(BackupError, match=r"table public\.orders: the rows are not the same"):
        prove(replace(manifest, tables=later.tables), tmp_path, level=Level.CONTENT)


def test_rows_that_were_not_summed_are_not_said_to_be_compared(shop: str, tmp_path: Path) -> None:
    manifest = back_up(shop, tmp_path, Dumping(level=Level.RESTORE))
    with pytest.raises(BackupError, match="was taken to be proved by restoring it, and not by"):
        prove(manifest, tmp_path, level=Level.CONTENT)


def test_rows_of_touched_tables_alone_are_dumped_and_proved(shop: str, tmp_path: Path) -> None:
    told: list[str] = []
    wanted = Dumping(
        level=Level.CONTENT,
        touched=["public.orders", "public.events", "public.not_there_yet"],
        only_touched=True,
    )
    manifest = back_up(shop, tmp_path, wanted, told)
    assert manifest.touched == ("public.events_2026", "public.orders")
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert [(table.name, table.rows) for table in manifest.tables] == [
        ("public.events_2026", 50),
        ("public.orders", 3000),
    ]
    assert any("not checked against the tables they refer to: public.orders" in t for t in told)
    proof = prove(manifest, tmp_path, level=Level.CONTENT)
    assert (proof.tables, proof.rows) == (2, 3050)


def test_touched_tables_are_all_where_no_plan_is_known(shop: str, tmp_path: Path) -> None:
    manifest = back_up(shop, tmp_path, Dumping(only_touched=True))
    assert manifest.touched is None
    assert len(manifest.tables) == 3


def test_no_second_dump_is_begun_beside_another(database: str) -> None:
    with (
        connect(database, application_name="pg_dump"),
        connect(database, application_name="test") as connection,
        pytest.raises(BackupError, match="A pg_dump reads this database already") as caught,
    ):
        require_alone(connection, patience=0.0)
    assert "Wait until it has ended" in caught.value.hint
    with connect(database, application_name="test") as connection:
        require_alone(connection, patience=0.0)


def test_a_backup_over_its_budget_is_refused_before_it_begins(
    database: str, tmp_path: Path
) -> None:
    slow = Past(database_size=8_000_000, size=1000, seconds=700, proof_seconds=30)
    with pytest.raises(BackupError, match="and its budget is 10 min 0 s") as caught:
        back_up(database, tmp_path, Dumping(past=(slow,), budget=600))
    assert "backup.tables: touched" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_is_suspiciously_small_is_refused_where_nothing_else_would_tell(
    shop: str, tmp_path: Path
) -> None:
    usual = Past(database_size=8_000_000, size=4_000_000, seconds=1, proof_seconds=1)
    told: list[str] = []
    assert back_up(shop, tmp_path / "restored", Dumping(past=(usual,)), told).size < 1_000_000
    assert any(line.startswith("note: it is ") for line in told)
    with pytest.raises(BackupError, match="much smaller than it should be"):
        back_up(shop, tmp_path / "decoded", Dumping(level=Level.DECODE, past=(usual,)))
    assert list((tmp_path / "decoded").iterdir()) == []
