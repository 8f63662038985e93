"""Data directories in one file: what comes out is what went in, or nothing."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.postgres.archive import Damaged, pack, unpack


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "base" / "5").mkdir(parents=True)
    (source / "pg_dynshmem").mkdir()
    (source / "base" / "5" / "1259").write_bytes(os.urandom(3_000_000))
    (source / "base" / "5" / "empty").touch()
    (source / "base" / "5" / "pg_internal.init.17").write_text("made anew")
    (source / "pg_dynshmem" / "mmap.1").write_text("made anew")
    (source / "postmaster.pid").write_text("1")
    (source / "PG_VERSION").write_text("18\n")
    archive = tmp_path / "archive"
    with archive.open("wb") as file:
        pack(source, file, without=lambda name: name == "PG_VERSION")
    return archive


def unpacked(archive: Path) -> Path:
    target = archive.parent / "target"
    target.mkdir()
    unpack(archive, target, owner=None)
    return target


def test_what_comes_out_is_what_went_in(packed: Path) -> None:
    target = unpacked(packed)
    source = packed.parent / "source"
    found = {str(path.relative_to(target)) for path in target.rglob("*")}
    assert found == {"base", "base/5", "base/5/1259", "base/5/empty", "pg_dynshmem"}
    written = (target / "base" / "5" / "1259").read_bytes()
    assert written == (source / "base" / "5" / "1259").read_bytes()
    assert (target / "base").stat().st_mode & 0o777 == 0o700
    assert (target / "base" / "5" / "1259").stat().st_mode & 0o777 == 0o600


def test_a_file_that_has_grown_since_it_was_measured_is_cut_off(tmp_path: Path) -> None:
    class Growing(BytesIO):
        """Grows what is packed whenever it is written to."""

        def write(self, chunk: Any) -> int:
            with (source / "log").open("ab") as log:
                log.write(b"more")
            return super().write(chunk)

    source = tmp_path / "source"
    source.mkdir()
    (source / "log").write_bytes(b"before")
    growing = Growing()
    pack(source, growing)
    (tmp_path / "archive").write_bytes(growing.getvalue())
    assert (unpacked(tmp_path / "archive") / "log").read_bytes() == b"before"


@pytest.mark.parametrize("place", [0, 40, 100_000, -1])
def test_one_other_byte_anywhere_is_damage(packed: Path, place: int) -> None:
    content = bytearray(packed.read_bytes())
    content[place] ^= 1
    packed.write_bytes(content)
    with pytest.raises(Damaged):
        unpacked(packed)


@pytest.mark.parametrize("content", [b"", b"[]\n", b"{}\n", b"no json\n", b'{"format": 1}\n'])
def test_another_file_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive").write_bytes(content)
    with pytest.raises(Damaged):
        unpacked(tmp_path / "archive")


@pytest.mark.parametrize("cut", [1, 8, 1_000_000])
def test_a_part_is_damage(packed: Path, cut: int) -> None:
    packed.write_bytes(packed.read_bytes()[:-cut])
    with pytest.raises(Damaged):
        unpacked(packed)


def test_more_than_was_packed_is_damage(packed: Path) -> None:
    with packed.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged):
        unpacked(packed)


def test_nothing_is_written_elsewhere(packed: Path) -> None:
    for name in ("../elsewhere", "/tmp/elsewhere"):
        content = packed.read_bytes().replace(b'"base/5/empty"', f'"{name}"'.encode())
        packed.write_bytes(content)
        with pytest.raises(Damaged, match="leads elsewhere"):
            unpacked(packed)
        (packed.parent / "target").rmdir()
        packed.write_bytes(content.replace(f'"{name}"'.encode(), b'"base/5/empty"'))
