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


def listed(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    return sorted(name for name in names if not name.startswith("."))


def test_a_folder_is_written_anew_and_nothing_of_before_is_left(tmp_path: Path) -> None:
    site = tmp_path / "site"

    sizes = Files().write_folder(str(site), {"index.html": "größer", "old/one.html": "1"})
    Files().write_folder(str(site), {"index.html": "2", "new/two.html": "2"})

    assert sizes == {"index.html": 8, "old/one.html": 1}
    assert listed(site) == ["index.html", "new/two.html"]
    assert (site / "index.html").read_text() == "2"
    assert not (site / "old").exists()


def test_a_folder_with_somebody_s_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")

    with pytest.raises(UsageError, match="holds files that are not mine"):
        Files().write_folder(str(tmp_path), {"index.html": "x"})

    assert listed(tmp_path) == ["mine.txt"]


def test_files_that_came_into_a_written_folder_since_stay(tmp_path: Path) -> None:
    site = tmp_path / "site"
    Files().write_folder(str(site), {"a/index.html": "x"})
    (site / "a" / "CNAME").write_text("kept")

    Files().write_folder(str(site), {"b.html": "y"})

    assert listed(site) == ["a/CNAME", "b.html"]


def test_a_list_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "theirs.txt").write_text("kept")
    site = tmp_path / "site"
    Files().write_folder(str(site), {"index.html": "x"})
    (site / "link").symlink_to(tmp_path / "elsewhere")
    with (site / ".migration-bot-files").open("a") as file:
        file.write(f"../mine.txt\n{tmp_path}/mine.txt\nlink/theirs.txt\n")

    Files().write_folder(str(site), {"index.html": "y"})

    assert (tmp_path / "mine.txt").exists()
    assert (tmp_path / "elsewhere" / "theirs.txt").exists()


@pytest.mark.parametrize("name", ["../out.html", "/out.html", "a/../../out.html", "link/out.html"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    Files().write_folder(str(site), {"index.html": "x"})
    (tmp_path / "elsewhere").mkdir()
    (site / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="cannot be written"):
        Files().write_folder(str(site), {name: "x"})

    assert listed(tmp_path / "elsewhere") == []
    assert not (tmp_path / "out.html").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")

    with pytest.raises(UsageError, match="cannot be written"):
        Files().write_folder(str(tmp_path / "file"), {"index.html": "x"})
