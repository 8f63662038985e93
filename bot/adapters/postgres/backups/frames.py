"""Compressed files read to their end: a writer that stopped half-way leaves a frame open.

pg_restore takes the end of a file for the end of its data, so it would not say.
"""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = 0xFD2FB528
_COMPRESSED = (".gz", ".zst")
_ZSTD_SKIPPABLE = 0x184D2A50


class Truncated(Exception):
    """The file ends before what is in it does, or goes on behind it."""


def read_to_end(path: Path) -> None:
    """Raises Truncated. A file that is not compressed has no end of its own."""
    with path.open("rb") as opened:
        reader = _reader_of(opened.read(4))
        opened.seek(0)
        if reader is not None:
            reader(opened)
        elif path.suffix in _COMPRESSED:
            raise Truncated("it is not compressed, as its name says")


def _reader_of(start: bytes) -> Callable[[IO[bytes]], None] | None:
    if start.startswith(_GZIP):
        return _gzip
    if len(start) == 4 and struct.unpack("<I", start)[0] == _ZSTD:
        return _zstd
    return None


def _gzip(opened: IO[bytes]) -> None:
    """One member after another, each with its checksum."""
    waiting = opened.read(_CHUNK)
    while waiting:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            if not waiting:
                raise Truncated("it ends in the middle of what it holds")
            try:
                member.decompress(waiting)
            except zlib.error as error:
                raise Truncated(f"it cannot be decompressed: {error}") from None
            waiting = member.unused_data or opened.read(_CHUNK)


def _zstd(opened: IO[bytes]) -> None:
    """From block to block by their headers: the standard library does not decompress them."""
    while start := opened.read(4):
        magic = struct.unpack("<I", start)[0] if len(start) == 4 else 0
        if magic & 0xFFFFFFF0 == _ZSTD_SKIPPABLE:
            _skip(opened, struct.unpack("<I", _exactly(opened, 4))[0])
        elif magic == _ZSTD:
            _zstd_frame(opened)
        else:
            raise Truncated("something follows what it holds")


def _zstd_frame(opened: IO[bytes]) -> None:
    descriptor = _exactly(opened, 1)[0]
    single = bool(descriptor & 0x20)
    content_size = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    _skip(opened, (0 if single else 1) + dictionary + content_size)
    last = False
    while not last:
        header = int.from_bytes(_exactly(opened, 3), "little")
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        # A block of one byte, repeated, is that byte.
        _skip(opened, 1 if kind == 1 else size)
    _skip(opened, 4 if descriptor & 4 else 0)


def _exactly(opened: IO[bytes], size: int) -> bytes:
    read = opened.read(size)
    if len(read) != size:
        raise Truncated("it ends in the middle of what it holds")
    return read


def _skip(opened: IO[bytes], size: int) -> None:
    if size:
        opened.seek(size - 1, 1)
        _exactly(opened, 1)
