"""Files that a command line names."""

from pathlib import Path

import pytest

from bot.adapters.files import Files
from bot.errors import UsageError


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = str(tmp_path / "new" / "sizes.json")

    Files().write(path, "Größe\n")
    Files().write(path, "größer\n")

    assert Files().read(path) == "größer\n"
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["sizes.json"]


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()

    for path in (tmp_path / "file" / "inside", tmp_path / "folder"):
        with pytest.raises(UsageError, match="cannot be written"):
            Files().write(str(path), "text")
    with pytest.raises(UsageError, match="cannot be written"):
        Files().write("\0", "text")

    assert (tmp_path / "file").read_text() == "kept"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    for name, reason in (("none", "No such file"), (".", "directory"), ("binary", "not UTF-8")):
        with pytest.raises(UsageError, match=reason):
            Files().read(str(tmp_path / name))
