"""A directory keeps what it is given under names that nothing had before."""

import stat
from pathlib import Path

import pytest

from bot.adapters.storage.directory import DirectoryStore
from bot.core.backups.stored import MOST_BYTES
from bot.errors import BackupError, BrokenBackup


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "store", "the store")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "1.dat"
    path.write_bytes(b"rows")
    return path


def test_what_is_put_there_comes_back(store: DirectoryStore, file: Path, tmp_path: Path) -> None:
    assert store.put("b-1/dump/1.dat", file, "") == 1
    store.write("b-1/manifest.json", "{}")
    store.write("b-1.proof.json", "{}")
    assert [(each.key, each.size) for each in store.objects("b-1")] == [
        ("b-1/dump/1.dat", 4),
        ("b-1/manifest.json", 2),
    ]
    assert (store.shelf().folders, store.shelf().files) == (("b-1",), ("b-1.proof.json",))
    store.fetch(["b-1/dump/1.dat"], tmp_path / "new" / "back")
    assert (tmp_path / "new" / "back").read_bytes() == b"rows"
    assert store.read("b-1/manifest.json") == "{}"
    assert store.read("b-1/other.json") is None
    assert store.read("b-1/manifest.json/below") is None


def test_nothing_is_overwritten(store: DirectoryStore, file: Path) -> None:
    store.write("b-1/dump/1.dat", "first")
    for again in (lambda: store.write("b-1/dump/1.dat", "x"), lambda: store.put(*put(file))):
        with pytest.raises(BackupError, match=r"There is a b-1/dump/1\.dat .* already"):
            again()
    assert store.read("b-1/dump/1.dat") == "first"
    assert [path.name for path in (store.directory / "b-1/dump").iterdir()] == ["1.dat"]


def put(file: Path) -> tuple[str, Path, str]:
    return "b-1/dump/1.dat", file, ""


def test_only_its_owner_can_look_into_it(store: DirectoryStore) -> None:
    store.write("b-1/dump/1.dat", "x")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.directory.rglob("*")}
    assert modes <= {0o700, 0o600}
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_what_is_removed_leaves_no_empty_folder(store: DirectoryStore, file: Path) -> None:
    store.put(*put(file))
    store.write("b-2/manifest.json", "{}")
    store.remove(["b-1/dump/1.dat", "b-1/never/there"])
    assert store.shelf().folders == ("b-2",)
    assert file.read_bytes() == b"rows"


def test_a_directory_that_is_not_there_has_nothing(store: DirectoryStore) -> None:
    assert store.shelf().folders == ()
    assert store.objects("b-1") == ()
    assert not store.directory.exists()


def test_what_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    store = DirectoryStore(tmp_path / "store", "the store")
    for work in (store.require_ready, lambda: store.write("a", "b"), store.shelf):
        with pytest.raises(BackupError, match="The backups in the store cannot be"):
            work()


def test_a_whole_backup_is_taken_over_in_one_step(store: DirectoryStore, tmp_path: Path) -> None:
    store.require_ready()
    for _ in range(2):
        place = store.directory / ".private-x" / "b-1"
        (place / "dump").mkdir(parents=True, exist_ok=True)
        (place / "dump" / "1.dat").write_text("rows")
        if store.shelf().folders:
            with pytest.raises(BackupError, match="already"):
                store.adopt(place)
        else:
            store.adopt(place)
    assert store.read("b-1/dump/1.dat") == "rows"
    assert (store.directory / "b-1/dump/1.dat").stat().st_mode & 0o777 == 0o600
    assert (store.directory / "b-1/dump").stat().st_mode & 0o777 == 0o700


def test_a_link_among_backups_is_none_of_them(store: DirectoryStore, tmp_path: Path) -> None:
    """Pruning it would remove what is somewhere else."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.directory.mkdir(exist_ok=True)
    (store.directory / "20261122T153102Z-production-x").symlink_to(elsewhere)

    assert store.shelf().folders == ()


def test_nobody_else_can_read_a_file_of_it(store: DirectoryStore, file: Path) -> None:
    file.chmod(0o644)
    store.put("id/a", file, "")

    assert (store.directory / "id" / "a").stat().st_mode & 0o777 == 0o600


def test_what_is_too_large_for_a_manifest_is_not_read(store: DirectoryStore) -> None:
    store.write("b-1/manifest.json", "{}")
    with (store.directory / "b-1/manifest.json").open("r+b") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(BrokenBackup, match=r"manifest\.json in the store is larger than 64"):
        store.read("b-1/manifest.json")
