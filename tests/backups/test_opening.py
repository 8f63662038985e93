"""What comes back is what was dumped, or it is refused; and nothing of it stays."""

from pathlib import Path

import pytest

from bot.adapters.age.keys import IDENTITY_FILE_VARIABLE, IDENTITY_VARIABLE
from bot.adapters.storage.directory import DirectoryStore
from bot.backups.means import Means
from bot.backups.opening import opened, require_openable
from bot.backups.shelf import find, newest
from bot.backups.taking import take
from bot.core.backups.backup import MANIFEST
from bot.errors import BackupError, BrokenBackup, UsageError
from tests.backups.means import FILES, Files, Pair, means
from tests.backups.test_taking import ignored


def elsewhere(tmp_path: Path, to: Pair | None = None, opening: Pair | None = None) -> Means:
    store = DirectoryStore(tmp_path / "store", "the store")
    return means(tmp_path / "work", store=store, to=to, opening=opening)


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_files_come_back_and_are_gone_afterwards(tmp_path: Path, encrypted: bool) -> None:
    pair = Pair()
    here = elsewhere(tmp_path, pair if encrypted else None, pair)
    take(here, ignored)
    with opened(newest(here), here, ignored) as place:
        found = {
            path.relative_to(place).as_posix(): path.read_bytes()
            for path in place.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        assert found == FILES
    assert list((tmp_path / "work").iterdir()) == []


def test_in_place_the_directory_itself_is_given(tmp_path: Path) -> None:
    here = means(tmp_path)
    id = take(here, ignored).id
    with opened(newest(here), here, ignored) as place:
        assert place == tmp_path / id
    assert place.exists()


def test_without_a_key_it_says_which_variable_is_missing(tmp_path: Path) -> None:
    here = elsewhere(tmp_path, Pair())
    take(here, ignored)
    with (
        pytest.raises(UsageError, match="encrypted, and there is no key") as caught,
        opened(newest(here), here, ignored),
    ):
        pass
    assert IDENTITY_VARIABLE in caught.value.hint
    assert IDENTITY_FILE_VARIABLE in caught.value.hint


def test_the_wrong_key_is_told_from_broken_bytes(tmp_path: Path) -> None:
    here = elsewhere(tmp_path, Pair(), Pair())
    take(here, ignored)
    with (
        pytest.raises(BackupError, match="not encrypted to the key"),
        opened(newest(here), here, ignored),
    ):
        pass


@pytest.mark.parametrize("name", ["dump/extra.dat", "dump/12.dat.zst.age.bak"])
def test_what_does_not_belong_to_it_is_named(tmp_path: Path, name: str) -> None:
    pair = Pair()
    here = elsewhere(tmp_path, pair, pair)
    id = take(here, ignored).id
    (tmp_path / "store" / id / name).write_bytes(b"x")
    with (
        pytest.raises(BrokenBackup, match="does not belong to it"),
        opened(newest(here), here, ignored),
    ):
        pass


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    here = means(tmp_path / "here", provider=Files({**FILES, "../../outside": b"x"}))
    id = take(here, ignored).id
    with (
        pytest.raises(BrokenBackup, match=r"\.\./\.\./outside does not belong"),
        opened(find(here, id), here, ignored),
    ):
        pass


def test_bytes_that_were_changed_are_not_decrypted(tmp_path: Path) -> None:
    pair = Pair()
    here = elsewhere(tmp_path, pair, pair)
    id = take(here, ignored).id
    path = tmp_path / "store" / id / "dump/12.dat.zst.age"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with (
        pytest.raises(BrokenBackup, match=r"12\.dat\.zst\.age has changed"),
        opened(newest(here), here, ignored),
    ):
        pass
    assert list((tmp_path / "work").iterdir()) == []


def test_what_can_be_told_before_anything_is_fetched_is_told(tmp_path: Path) -> None:
    pair = Pair()
    here = elsewhere(tmp_path, pair, pair)
    id = take(here, ignored).id
    require_openable(newest(here), here)
    with pytest.raises(UsageError, match="encrypted, and there is no key"):
        require_openable(newest(here), elsewhere(tmp_path, pair))
    (tmp_path / "store" / id / "catalogue.json.age").unlink()
    with pytest.raises(BrokenBackup, match="is missing"):
        require_openable(newest(here), here)
    assert list((tmp_path / "work").iterdir()) == []
