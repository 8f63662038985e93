"""An artifact's archive: what a stranger packed, opened in memory."""

import io
import struct
import warnings
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.handoff.archive import only_file

NAME = "report.json"
LIMIT = 10_000


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", method) as archive:
        warnings.simplefilter("ignore")  # Python warns whoever packs a name twice
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_only_file_is_taken_out(method: int) -> None:
    assert only_file(packed((NAME, b"{}"), method=method), NAME, limit=LIMIT) == b"{}"


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    assert len(only_file(packed((NAME, b"x" * LIMIT)), NAME, limit=LIMIT)) == LIMIT


@pytest.mark.parametrize(
    "name",
    [
        "../report.json",
        "/report.json",
        "a/report.json",
        "report.json/",
        "REPORT.JSON",
        "..\\report.json",
        "report.json ",
        "C:report.json",
        "report.json\u202e",
    ],
)
def test_a_file_of_another_name_is_not_taken(name: str) -> None:
    with pytest.raises(UsageError, match="not taken"):
        only_file(packed((name, b"{}")), NAME, limit=LIMIT)


def test_a_name_that_ends_early_is_not_taken() -> None:
    made = packed(("report.json_x", b"{}")).replace(b"report.json_x", b"report.json\0x")
    with pytest.raises(UsageError, match="not called"):
        only_file(made, NAME, limit=LIMIT)


@pytest.mark.parametrize("count", [0, 2, 1000])
def test_any_other_number_of_files_is_refused(count: int) -> None:
    files = [(NAME, b"{}")] * min(count, 2) + [(f"{n}", b"") for n in range(2, count)]
    with pytest.raises(UsageError, match=f"holds {count:,} files"):
        only_file(packed(*files), NAME, limit=LIMIT)


def test_a_bomb_is_given_up_at_the_limit() -> None:
    made = packed((NAME, b"\0" * 10_000_000))
    assert len(made) < 100_000
    with pytest.raises(UsageError, match="unpacks to more than 10,000 bytes"):
        only_file(made, NAME, limit=LIMIT)


def test_a_bomb_that_lies_about_its_size_is_no_better() -> None:
    made = bytearray(packed((NAME, b"\0" * 1_000_000)))
    claimed = struct.pack("<I", 10)
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = made.index(mark) + at
        made[place : place + 4] = claimed
    with suppress(UsageError):
        assert len(only_file(bytes(made), NAME, limit=LIMIT)) <= LIMIT


def test_a_method_that_few_can_unpack_is_refused() -> None:
    with pytest.raises(UsageError, match="unusual way"):
        only_file(packed((NAME, b"{}"), method=zipfile.ZIP_LZMA), NAME, limit=LIMIT)


def test_a_locked_archive_is_refused() -> None:
    made = bytearray(packed((NAME, b"{}")))
    made[made.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UsageError, match="unusual way"):
        only_file(bytes(made), NAME, limit=LIMIT)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_what_is_no_archive_is_refused_with_advice(octets: bytes) -> None:
    with pytest.raises(UsageError, match="not taken"):
        only_file(octets, NAME, limit=LIMIT)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_archive_is_refused_or_stays_within_the_limit(data: st.DataObject) -> None:
    made = bytearray(packed((NAME, b"abc" * 3000)))
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UsageError):
        assert len(only_file(bytes(made), NAME, limit=LIMIT)) <= LIMIT
