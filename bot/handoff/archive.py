"""The one file in an artifact's archive, taken out in memory."""

import io
import zipfile
import zlib
from typing import IO

from bot.errors import UsageError

_CHUNK = 64 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1


def only_file(archive: bytes, name: str, *, limit: int) -> bytes:
    """What the archive's only file holds. Nothing is ever written to a disk.

    Raises UsageError for an archive that has other files, or one that unpacks to more than `limit`
    bytes, whatever it says about itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entry = _only_entry(opened, name)
            with opened.open(entry) as file:
                return _limited(file, limit)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise not_taken("it is no archive that can be read") from None


def _only_entry(opened: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    entries = opened.infolist()
    if len(entries) != 1:
        raise not_taken(f"it holds {len(entries):,} files, and not one")
    (entry,) = entries
    if entry.orig_filename != name or entry.filename != name:
        raise not_taken(f"its file is not called {name}")
    if entry.compress_type not in _METHODS or entry.flag_bits & _ENCRYPTED:
        raise not_taken("it is packed in an unusual way")
    return entry


def _limited(file: IO[bytes], limit: int) -> bytes:
    """Read piece by piece: the size an entry claims is the claim of whoever made it."""
    found = bytearray()
    while chunk := file.read(min(_CHUNK, limit + 1 - len(found))):
        found += chunk
        if len(found) > limit:
            raise not_taken(f"it unpacks to more than {limit:,} bytes")
    return bytes(found)


def not_taken(why: str) -> UsageError:
    return UsageError(
        f"The report of the fork's run is not taken: {why}.",
        hint="Read the summary of that run, and what the pull request changes in its workflow.",
    )
