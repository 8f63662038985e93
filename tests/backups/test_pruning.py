"""What is pruned is gone whole; what may not go stays whole."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.storage.directory import DirectoryStore
from bot.backups.means import Means
from bot.backups.pruning import prune
from bot.backups.shelf import listed, strays
from bot.backups.taking import take
from bot.backups.verifying import verify
from bot.core.backups.backup import MANIFEST
from bot.core.backups.level import Level
from bot.core.backups.retention import Held, Needed, Pruned
from bot.errors import BackupError
from tests.backups.means import NOON, Files, Pair, means
from tests.backups.test_taking import ignored

LATER = NOON + timedelta(days=30)
KEEP = timedelta(days=14)


def three(tmp_path: Path, to: Pair | None = None) -> tuple[Means, list[str]]:
    """Taken on three days, the oldest first."""
    store = DirectoryStore(tmp_path / "store", "the store")
    here = means(tmp_path / "work", store=store, to=to)
    return here, [take(here, ignored).id for _ in range(3)]


def ids(done: Pruned) -> list[str]:
    return [each.manifest.id for each in done.removed]


@pytest.mark.parametrize("encrypted", [True, False])
def test_nothing_is_left_of_what_is_removed(tmp_path: Path, encrypted: bool) -> None:
    here, (first, second, third) = three(tmp_path, Pair() if encrypted else None)
    verify(listed(here)[0], Level.DECODE, replace(here, opening=Anything()), ignored)
    done = prune(here, LATER, keep=KEEP, dry=False)
    assert ids(done) == [second, first]
    assert [each.manifest.id for each in listed(here)] == [third]
    names = {path.name for path in (tmp_path / "store").iterdir()}
    assert {name.partition(".")[0] for name in names} == {third}


class Anything:
    """Opens whatever it is given: what was encrypted is not looked at here."""

    def require_ready(self) -> None:
        """It is."""

    def open(self, sealed: Path, source: Path) -> None:
        from tests.backups.means import FILES

        name = "/".join(source.parts[-2:]) if source.parent.name == "dump" else source.name
        source.write_bytes(FILES[name])


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    here, (first, second, third) = three(tmp_path)
    before = sorted((tmp_path / "store").rglob("*"))
    done = prune(here, LATER, keep=KEEP, dry=True)
    assert (ids(done), done.dry) == ([second, first], True)
    assert [(each.backup.manifest.id, each.why) for each in done.kept] == [
        (third, Held.LAST_PROVED)
    ]
    assert sorted((tmp_path / "store").rglob("*")) == before


def test_what_the_target_needs_stays(tmp_path: Path) -> None:
    here, (first, second, third) = three(tmp_path)
    needed = Needed(unfinished=NOON + timedelta(hours=30))
    done = prune(here, LATER, keep=KEEP, dry=False, needed=needed)
    assert ids(done) == [first]
    assert {each.manifest.id for each in listed(here)} == {second, third}


def aged(tmp_path: Path, id: str, hours: float) -> None:
    """Everything of it was written so many hours before LATER."""
    at = (LATER - timedelta(hours=hours)).timestamp()
    for path in (tmp_path / "store" / id).rglob("*"):
        os.utime(path, (at, at))


def test_what_was_broken_off_a_day_ago_is_swept(tmp_path: Path) -> None:
    here, (first, second, third) = three(tmp_path)
    for id, hours in ((first, 25), (second, 23)):
        (tmp_path / "store" / id / MANIFEST).unlink()
        aged(tmp_path, id, hours)
    done = prune(here, LATER, keep=KEEP, dry=False)
    assert [each.id for each in done.swept] == [first]
    assert [each.id for each in strays(here)] == [second]
    assert not (tmp_path / "store" / first).exists()
    assert [each.manifest.id for each in listed(here)] == [third]


def test_a_manifest_that_cannot_be_read_is_left_for_somebody_to_see(tmp_path: Path) -> None:
    here, (first, *_) = three(tmp_path)
    (tmp_path / "store" / first / MANIFEST).write_text("{")
    aged(tmp_path, first, 999)
    done = prune(here, LATER, keep=KEEP, dry=False)
    assert done.swept == ()
    assert [each.id for each in strays(here)] == [first]


class Stubborn(DirectoryStore):
    """Lets nothing of a dump go."""

    def remove(self, keys):  # type: ignore[no-untyped-def]
        for key in keys:
            if "/dump/" in key:
                raise BackupError("It may not be removed.", hint="Ask.")
            super().remove([key])


def test_one_that_could_not_be_removed_whole_is_no_backup_any_more(tmp_path: Path) -> None:
    here, (first, second, third) = three(tmp_path)
    stubborn = replace(here, store=Stubborn(tmp_path / "store", "the store"))
    with pytest.raises(BackupError, match="may not be removed"):
        prune(stubborn, LATER, keep=KEEP, dry=False)
    assert [each.manifest.id for each in listed(here)] == [third, first]
    assert [each.id for each in strays(here)] == [second]


def test_backups_of_other_targets_are_not_touched(tmp_path: Path) -> None:
    here, _ = three(tmp_path)
    other = replace(
        here, target="staging", provider=lambda: Files(target="staging"), prover=lambda _: Files()
    )
    kept = take(other, ignored).id
    prune(here, LATER, keep=KEEP, dry=False)
    assert [each.manifest.id for each in listed(other)] == [kept]
