"""Whatever is spoiled of a backup is found, wherever it is kept and whether encrypted or not.

These are of files that no database has made; dumps are in test_corrupted_dumps.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backups.shelf import find, listed, strays
from bot.backups.taking import take
from bot.backups.verifying import verify
from bot.core.backups.backup import MANIFEST
from bot.core.backups.level import Level
from bot.errors import BackupError, BrokenBackup
from tests.backups.corrupting import CORRUPTIONS, PLACES, Kept, kept_in
from tests.backups.means import Files
from tests.backups.test_taking import ignored

WAYS = [pytest.param(each, marks=pytest.mark.slow if "bucket" in each else ()) for each in PLACES]


@pytest.fixture(params=WAYS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    bucket = "bucket" in request.param
    upstream = request.getfixturevalue("upstream") if bucket else None
    with kept_in(request.param, tmp_path / "kept", Files(), upstream=upstream) as made:
        yield made


def proved(kept: Kept, id: str) -> None:
    verify(find(kept.means, id), Level.DECODE, kept.means, ignored)


def files_of(kept: Kept, id: str) -> list[str]:
    return [each for each in kept.keys(id) if not each.endswith(MANIFEST)]


def grown(kept: Kept) -> None:
    """From now on there is more to back up."""
    provider = kept.means.provider()
    assert isinstance(provider, Files)
    provider.files["dump/12.dat.zst"] = bytes(range(250)) * 36


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_file_that_was_spoiled_is_named(kept: Kept, corruption: str) -> None:
    id = take(kept.means, ignored).id
    proved(kept, id)
    for key in files_of(kept, id):
        before = kept.get(key)
        if corruption == "4 kB zeroed" and not before.strip(b"\0"):
            continue
        kept.change(key, CORRUPTIONS[corruption])
        with pytest.raises(BrokenBackup, match="is not what was written") as caught:
            proved(kept, id)
        name = key.removeprefix(f"{id}/").removesuffix(".00002").removesuffix(".00001")
        assert name.removesuffix(".00003") in caught.value.message
        kept.put(key, before)
    proved(kept, id)


def test_a_file_that_is_missing_is_named(kept: Kept) -> None:
    id = take(kept.means, ignored).id
    for key in files_of(kept, id):
        before = kept.get(key)
        kept.delete(key)
        with pytest.raises(BrokenBackup, match="is missing"):
            proved(kept, id)
        kept.put(key, before)
    proved(kept, id)


def test_a_broken_one_is_not_the_last_good_one_any_more(kept: Kept) -> None:
    id = take(kept.means, ignored).id
    assert listed(kept.means)[0].proved
    kept.change(files_of(kept, id)[0], CORRUPTIONS["truncated"])
    with pytest.raises(BrokenBackup):
        proved(kept, id)
    (found,) = listed(kept.means)
    assert not found.proved
    assert found.proof is not None
    assert "proved to differ" in found.proof.words


def test_a_file_of_an_older_backup_is_found(kept: Kept) -> None:
    older = take(kept.means, ignored).id
    grown(kept)
    newer = take(kept.means, ignored).id
    key = next(each for each in files_of(kept, newer) if "12.dat" in each)
    kept.put(key, kept.get(key.replace(newer, older)))
    with pytest.raises(BrokenBackup, match=r"12\.dat"):
        proved(kept, newer)


def test_the_manifest_of_an_older_backup_is_found(kept: Kept) -> None:
    older, newer = take(kept.means, ignored).id, take(kept.means, ignored).id
    kept.put(f"{newer}/{MANIFEST}", kept.get(f"{older}/{MANIFEST}"))
    with pytest.raises(BackupError, match=f"its manifest is that of {older}"):
        proved(kept, newer)
    kept.edit(newer, id=newer, path=newer)
    encrypted = kept.manifest(newer).encrypted
    if encrypted:
        # Encrypted anew, the same files have other bytes.
        with pytest.raises(BrokenBackup):
            proved(kept, newer)
    # The files are the same, and so is what they hold: the manifest is not the one that was proved.
    assert not find(kept.means, newer).proved


@pytest.mark.parametrize("text", [b"", b"{", b'{"schema": 99}', b"[]"])
def test_a_manifest_that_cannot_be_read_is_no_backup(kept: Kept, text: bytes) -> None:
    id = take(kept.means, ignored).id
    kept.put(f"{id}/{MANIFEST}", text)
    assert listed(kept.means) == ()
    assert [each.id for each in strays(kept.means)] == [id]
    with pytest.raises(BackupError, match="no backup to rely on"):
        find(kept.means, id)


def test_a_manifest_that_was_edited_is_another(kept: Kept) -> None:
    summary = take(kept.means, ignored)
    kept.edit(summary.id, tables=[], system_identifier="999")
    found = find(kept.means, summary.id)
    assert found.manifest.digest != summary.digest
    assert not found.proved


def test_an_older_backup_under_the_name_of_a_newer_one_has_another_digest(kept: Kept) -> None:
    older = take(kept.means, ignored)
    grown(kept)
    newer = take(kept.means, ignored)
    kept.pass_off(older.id, newer.id)
    proved(kept, newer.id)
    assert find(kept.means, newer.id).manifest.digest not in (newer.digest, older.digest)


def test_who_covers_up_a_change_of_a_file_cannot_keep_the_digest(kept: Kept) -> None:
    summary = take(kept.means, ignored)
    key = next(each for each in files_of(kept, summary.id) if "catalogue" in each)
    kept.change(key, CORRUPTIONS["swapped with another's"])
    kept.cover_up(summary.id)
    found = find(kept.means, summary.id)
    assert found.manifest.digest != summary.digest
    if found.manifest.encrypted:
        with pytest.raises(BackupError, match="cannot be decrypted"):
            proved(kept, summary.id)
