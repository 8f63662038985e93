"""Compressed files that end where they should, and such that do not."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.frames import Truncated, read_to_end

ROWS = b"".join(b"%d\tsome text\n" % number for number in range(20_000))


def zstd(*blocks: bytes, checksum: bool = False) -> bytes:
    """A frame of blocks that are stored as they are, as RFC 8878 describes it."""
    descriptor = 0x20 | 0x80 | (4 if checksum else 0)
    frame = struct.pack("<IBI", 0xFD2FB528, descriptor, sum(map(len, blocks)))
    for number, block in enumerate(blocks, start=1):
        header = len(block) << 3 | (1 if number == len(blocks) else 0)
        frame += header.to_bytes(3, "little") + block
    return frame + (b"sum!" if checksum else b"")


def repeated(times: int) -> bytes:
    """A frame of one byte that is repeated."""
    return (
        struct.pack("<IBI", 0xFD2FB528, 0xA0, times) + (times << 3 | 3).to_bytes(3, "little") + b"x"
    )


WHOLE = {
    "gzip": gzip.compress(ROWS),
    "gzip in two members": gzip.compress(ROWS) + gzip.compress(ROWS),
    "zstd": zstd(ROWS[:1000], ROWS[1000:3000]),
    "zstd with a checksum": zstd(ROWS[:1000], checksum=True),
    "zstd of a repeated byte": repeated(500),
    "zstd in two frames": zstd(b"one") + struct.pack("<II", 0x184D2A51, 3) + b"..." + zstd(b"two"),
    "plain": ROWS,
    "empty": b"",
}


@pytest.mark.parametrize("raw", WHOLE.values(), ids=WHOLE)
def test_a_whole_file_is_read_to_its_end(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "file").write_bytes(raw)
    read_to_end(tmp_path / "file")


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "a third": lambda raw: raw[: len(raw) // 3],
    "one byte short": lambda raw: raw[:-1],
    "its start alone": lambda raw: raw[:6],
    "with something behind it": lambda raw: raw + b"\0\0\0\0\0\0",
}


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("kind", [kind for kind in WHOLE if kind not in ("plain", "empty")])
def test_a_file_that_ends_too_early_or_too_late_is_refused(
    tmp_path: Path, kind: str, how: str
) -> None:
    (tmp_path / "file").write_bytes(SPOILT[how](WHOLE[kind]))
    with pytest.raises(Truncated):
        read_to_end(tmp_path / "file")


@pytest.mark.parametrize("raw", [b"", b"plain"])
@pytest.mark.parametrize("name", ["1.dat.gz", "1.dat.zst"])
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, raw: bytes
) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(Truncated, match="not compressed"):
        read_to_end(tmp_path / name)
