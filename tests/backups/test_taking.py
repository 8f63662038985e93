"""A backup is kept where it belongs, encrypted if it has to be, and whole or not at all."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.age.sealing import Sealer
from bot.adapters.storage.directory import DirectoryStore
from bot.backups.shelf import find, listed, newest, newest_proved, strays
from bot.backups.taking import take
from bot.backups.verifying import verify
from bot.core.backups.backup import MANIFEST, Manifest
from bot.core.backups.level import Level
from bot.core.backups.stored import MOST_BYTES, proof_key
from bot.errors import BackupError, BrokenBackup, ExitCode, UnknownBackup, UsageError
from bot.world.backups import Note
from tests.backups.means import FILES, Files, Pair, means


def ignored(text: str) -> None:
    """Nobody reads along."""


def test_in_place_it_is_the_directory_that_was_dumped(tmp_path: Path) -> None:
    here = means(tmp_path)
    summary = take(here, ignored)
    (kept,) = listed(here)
    assert kept.place == tmp_path / summary.id
    assert (kept.files / "dump/12.dat.zst").read_bytes() == FILES["dump/12.dat.zst"]
    assert kept.proved
    assert (summary.digest, summary.location, summary.encrypted) == (
        kept.manifest.digest,
        "backups",
        False,
    )
    assert summary.proof == "proved by restoring 1 table and 3 rows on PostgreSQL 18.1"
    assert {each.name for each in tmp_path.iterdir()} == {summary.id, f"{summary.id}.proof.json"}


def test_what_is_encrypted_has_no_plain_byte_left_anywhere(tmp_path: Path) -> None:
    secret = b"canary-5150-" * 500
    provider = Files({**FILES, "dump/12.dat.zst": secret})
    pair = Pair()
    here = means(tmp_path, to=pair, provider=provider)
    summary = take(here, ignored)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(b"canary-5150" not in path.read_bytes() for path in left)
    assert {path.name for path in left} == {
        "catalogue.json.age",
        "toc.dat.age",
        "12.dat.zst.age",
        MANIFEST,
        f"{summary.id}.proof.json",
    }
    (kept,) = listed(here)
    assert kept.manifest.recipients == (pair.public,)
    assert kept.place is None
    assert summary.encrypted
    assert summary.size == sum(path.stat().st_size for path in left if path.suffix == ".age")


def test_the_plain_files_lie_in_a_directory_of_our_own(tmp_path: Path) -> None:
    modes = []

    class Looking(Files):
        def take(self, staging, note):  # type: ignore[no-untyped-def]
            modes.append(stat.S_IMODE(staging.stat().st_mode))
            return super().take(staging, note)

    take(means(tmp_path, to=Pair(), provider=Looking()), ignored)
    assert modes == [0o700]


def test_a_key_that_cannot_be_used_ends_it_before_anything_is_dumped(tmp_path: Path) -> None:
    provider = Files()
    here = replace(
        means(tmp_path, to=Pair(), provider=provider),
        sealing=lambda: Sealer(("age1nonsense",), lambda path: None),
    )
    with pytest.raises(UsageError, match="Key 1 of `encrypt_to` cannot be read"):
        take(here, ignored)
    assert provider.places == []
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_written_to_ends_it_before_anything_is_dumped(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    provider = Files()
    store = DirectoryStore(tmp_path / "file", "the store")
    here = means(tmp_path / "work", store=store, provider=provider)
    with pytest.raises(BackupError, match="backups in the store cannot be written to"):
        take(here, ignored)
    assert provider.places == []


def test_a_backup_that_is_not_proved_is_kept_and_not_called_good(tmp_path: Path) -> None:
    provider = Files(error=BackupError("It differs.", hint="Take another."))
    here = means(tmp_path, to=Pair(), provider=provider)
    with pytest.raises(BackupError, match="It differs"):
        take(here, ignored)
    (kept,) = listed(here)
    assert not kept.proved
    assert newest_proved(here) is None
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


class Full(DirectoryStore):
    """Takes one file, and then no more."""

    def put(self, key: str, path: Path, sha256: str) -> int:
        if "toc" in key:
            raise BackupError("The store is full.", hint="Empty it.")
        return super().put(key, path, sha256)


def test_what_was_stored_of_one_that_fails_is_removed(tmp_path: Path) -> None:
    here = means(tmp_path / "work", store=Full(tmp_path / "store", "store"))
    with pytest.raises(BackupError, match="full"):
        take(here, ignored)
    assert (listed(here), strays(here)) == ((), ())
    assert list((tmp_path / "store").iterdir()) == []
    assert list((tmp_path / "work").iterdir()) == []


class Forgetful(DirectoryStore):
    """Says that it has kept what it has not."""

    def put(self, key: str, path: Path, sha256: str) -> int:
        return super().put(key, path, sha256) if "toc" not in key else 1


def test_a_store_that_keeps_less_than_it_was_given_is_found_out(tmp_path: Path) -> None:
    here = means(tmp_path / "work", store=Forgetful(tmp_path / "store", "the store"))
    with pytest.raises(
        BackupError, match=r"the store took dump/toc.dat, and has not kept it whole"
    ):
        take(here, ignored)
    assert listed(here) == ()


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    here = means(tmp_path)
    first = take(here, ignored)
    with pytest.raises(BackupError, match="already") as caught:
        take(replace(here, provider=Files), ignored)
    assert "Nothing is overwritten" in caught.value.hint
    assert newest(here).manifest.id == first.id


def test_one_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    here = means(tmp_path)
    first, second = take(here, ignored).id, take(here, ignored).id
    assert find(here, first[:12]).manifest.id == first
    assert find(here, second).manifest.id == second
    assert [each.manifest.id for each in listed(here)] == [second, first]
    with pytest.raises(UnknownBackup, match="Several backups begin with 2026") as caught:
        find(here, "2026")
    assert first in caught.value.hint
    with pytest.raises(UnknownBackup, match="no backup that begins with 1999") as caught:
        find(here, "1999")
    assert caught.value.exit_code is ExitCode.USAGE
    assert second in caught.value.hint


def test_only_those_of_the_target_are_listed(tmp_path: Path) -> None:
    eu = means(tmp_path, target="production-eu")
    here = means(tmp_path, provider=Files(target="production", at=eu.now()))
    take(eu, ignored)
    take(here, ignored)
    assert [each.manifest.target for each in listed(here)] == ["production"]
    assert [each.manifest.target for each in listed(eu)] == ["production-eu"]
    assert strays(here) == ()


def test_a_manifest_of_another_backup_is_no_backup(tmp_path: Path) -> None:
    here = means(tmp_path)
    older, newer = take(here, ignored).id, take(here, ignored).id
    (tmp_path / newer / MANIFEST).write_text((tmp_path / older / MANIFEST).read_text())
    (stray,) = strays(here)
    assert (stray.id, stray.problem) == (newer, f"its manifest is that of {older}")
    with pytest.raises(BackupError, match="no backup to rely on"):
        find(here, newer)
    (tmp_path / newer / MANIFEST).write_text("{")
    assert strays(here)[0].problem == "The manifest cannot be read: JSONDecodeError"


def test_a_manifest_or_proof_that_is_too_large_hides_no_other_backup(tmp_path: Path) -> None:
    here = means(tmp_path)
    older, newer = take(here, ignored).id, take(here, ignored).id
    for path in (tmp_path / newer / MANIFEST, tmp_path / proof_key(older)):
        path.touch()
        os.truncate(path, MOST_BYTES + 1)
    (stray,) = strays(here)
    assert (stray.id, "is larger than 64" in stray.problem) == (newer, True)
    (kept,) = listed(here)
    assert (kept.manifest.id, kept.proof) == (older, None)


def test_a_proof_counts_for_the_manifest_it_is_about(tmp_path: Path) -> None:
    here = means(tmp_path)
    id = take(here, ignored).id
    path = tmp_path / id / MANIFEST
    values = json.loads(path.read_text()) | {"tables": []}
    path.write_text(json.dumps(values))
    (kept,) = listed(here)
    assert kept.manifest != Manifest.from_json(json.dumps(values | {"lsn": "0/2"}))
    assert not kept.proved


def test_a_shorter_look_later_does_not_make_less_of_a_proof(tmp_path: Path) -> None:
    here = means(tmp_path)
    take(here, ignored)
    (kept,) = listed(here)
    for level in (Level.DECODE, Level.CONTENT, Level.DECODE):
        verify(kept, level, here, ignored)
    assert newest(here).proof is not None
    assert [each.proof.level for each in listed(here) if each.proof] == [Level.CONTENT]


def test_a_shorter_look_later_does_not_make_good_what_was_found_wrong(tmp_path: Path) -> None:
    here = means(tmp_path)
    take(here, ignored)
    (kept,) = listed(here)
    wrong = replace(here, prover=lambda _: Files(error=BrokenBackup("a row is gone", hint="")))
    with pytest.raises(BrokenBackup):
        verify(kept, Level.RESTORE, wrong, ignored)

    verify(kept, Level.DECODE, here, ignored)
    assert not listed(here)[0].proved
    verify(kept, Level.RESTORE, here, ignored)
    assert listed(here)[0].proved


class Dying(Files):
    """Ends in the middle of a dump, with plain rows on the disk."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.ends_by = error

    def take(self, staging: Path, note: Note) -> Manifest:
        super().take(staging, note)
        raise self.ends_by


@pytest.mark.parametrize("encrypted", [True, False])
@pytest.mark.parametrize(
    "error", [BackupError("pg_dump was ended by signal 9.", hint="Mend it."), KeyboardInterrupt()]
)
def test_a_dump_that_dies_leaves_nothing(
    tmp_path: Path, error: BaseException, encrypted: bool
) -> None:
    here = means(tmp_path, to=Pair() if encrypted else None, provider=Dying(error))
    with pytest.raises(type(error)):
        take(here, ignored)
    assert list(tmp_path.iterdir()) == []
    assert (listed(here), strays(here)) == ((), ())


def test_how_far_it_is_with_a_large_backup_is_said(tmp_path: Path) -> None:
    files = {**FILES, **{f"dump/{number}.dat": bytes(30_000_000) for number in range(4)}}
    told: list[str] = []
    store = DirectoryStore(tmp_path / "store", "the store")
    take(means(tmp_path / "work", store=store, provider=Files(files)), told.append)
    assert [line for line in told if "%" in line] == [
        f"backup of production: {share} % of it is stored" for share in (20, 40, 60, 80)
    ]
