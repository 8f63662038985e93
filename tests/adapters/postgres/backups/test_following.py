"""Files read while they grow."""

import hashlib
from pathlib import Path

import pytest

from bot.adapters.postgres.backups.following import Following
from tests.adapters.postgres.processes import becomes_true


def digests(following: Following) -> dict[str, str]:
    return {file.name: file.sha256 for file in following.files()}


def test_files_that_grew_have_the_digest_of_all_that_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    growing = tmp_path / "dump" / "1.dat"
    with Following(tmp_path) as following, growing.open("wb", buffering=0) as opened:
        opened.write(b"first")
        assert becomes_true(lambda: following.written == 5)
        opened.write(b" and second")
        (tmp_path / "late").write_bytes(b"later")
    assert digests(following) == {
        "dump/1.dat": hashlib.sha256(b"first and second").hexdigest(),
        "late": hashlib.sha256(b"later").hexdigest(),
    }
    assert [file.size for file in following.files()] == [16, 5]


def test_a_file_that_was_begun_anew_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with Following(tmp_path) as following:
        file.write_bytes(b"a long beginning")
        assert becomes_true(lambda: following.written == 16)
        file.write_bytes(b"short")
    assert digests(following) == {"file": hashlib.sha256(b"short").hexdigest()}


def test_what_breaks_off_the_block_ends_the_following_too(tmp_path: Path) -> None:
    following = Following(tmp_path)
    with pytest.raises(RuntimeError), following:
        raise RuntimeError
    assert following.files() == ()


def test_what_goes_back_to_what_it_wrote_is_read_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with Following(tmp_path, append=False) as following, file.open("wb", buffering=0) as opened:
        opened.write(b"head?body")
        assert becomes_true(lambda: following.written == 9)
        opened.seek(4)
        opened.write(b"!")
    assert digests(following) == {"file": hashlib.sha256(b"head!body").hexdigest()}
