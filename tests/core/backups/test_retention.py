"""Old backups go; the last good one, and what is needed, stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.backups.backup import Proof, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.retention import NOTHING, Held, Needed, Pruned, needed_for, pruned
from bot.core.migrations.migration import AppliedMigration
from tests.fakes import MANIFEST

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEEP = timedelta(days=14)


def backup(days: float, *, proved: bool | None = True, database: str = "shop") -> StoredBackup:
    """So many days old. `proved` is None for one that nobody has proved."""
    id = f"b-{days:g}-{database}"
    at = NOW - timedelta(days=days)
    manifest = replace(MANIFEST, id=id, path=id, started_at=at, database=database)
    proof = None
    if proved is not None:
        proof = Proof(id, "18.1", 1.0, 1, 1, () if proved else ("table a is missing",))
    return StoredBackup(manifest, proof=proof)


def outcome(*backups: StoredBackup, needed: Needed = NOTHING) -> dict[str, str]:
    done = pruned(backups, NOW, keep=KEEP, needed=needed)
    kept = {each.backup.manifest.id: each.why.value for each in done.kept}
    return kept | {each.manifest.id: "removed" for each in done.removed}


def test_what_is_older_than_it_is_kept_goes() -> None:
    assert outcome(backup(1), backup(13.9), backup(15), backup(40)) == {
        "b-1-shop": "last proved",
        "b-13.9-shop": "young",
        "b-15-shop": "removed",
        "b-40-shop": "removed",
    }


def test_the_last_that_was_proved_stays_however_old_it_is() -> None:
    found = outcome(backup(20, proved=None), backup(30, proved=False), backup(40), backup(50))
    assert found == {
        "b-20-shop": "removed",
        "b-30-shop": "removed",
        "b-40-shop": "last proved",
        "b-50-shop": "removed",
    }


def test_one_of_some_tables_or_only_read_takes_the_place_of_no_whole_one() -> None:
    some, read, whole, older = backup(20), backup(30), backup(40), backup(50)
    some = replace(some, manifest=replace(some.manifest, touched=("public.a",)))
    assert read.proof is not None
    read = replace(read, proof=replace(read.proof, level=Level.DECODE))

    assert outcome(some, read, whole, older) == {
        "b-20-shop": "last proved",
        "b-30-shop": "last proved",
        "b-40-shop": "last proved",
        "b-50-shop": "removed",
    }


def test_what_was_taken_before_a_migration_began_is_told_by_the_server_s_clock() -> None:
    """This machine's was two days behind when the later one was taken."""
    before, after = backup(30), backup(31)
    manifest = replace(after.manifest, server_time=NOW - timedelta(days=29))
    before = replace(
        before, manifest=replace(before.manifest, server_time=NOW - timedelta(days=29.6))
    )
    needed = Needed(unfinished=NOW - timedelta(days=29.5))

    assert outcome(before, replace(after, manifest=manifest), needed=needed) == {
        "b-30-shop": "unfinished",
        "b-31-shop": "unfinished",
    }


def test_where_none_was_ever_proved_the_newest_stays() -> None:
    assert outcome(backup(20, proved=None), backup(30, proved=False)) == {
        "b-20-shop": "newest",
        "b-30-shop": "removed",
    }


def test_every_database_of_a_fleet_keeps_one() -> None:
    found = outcome(backup(20, database="a"), backup(30, database="b"), backup(40, database="b"))
    assert found == {"b-20-a": "last proved", "b-30-b": "last proved", "b-40-b": "removed"}


def test_while_a_rollout_runs_the_newest_stays() -> None:
    old = (backup(20, proved=None), backup(30))
    assert outcome(*old)["b-20-shop"] == "removed"
    assert outcome(*old, needed=Needed(running=True)) == {
        "b-20-shop": "newest",
        "b-30-shop": "last proved",
    }


def test_an_unfinished_migration_keeps_what_was_taken_before_it_and_since() -> None:
    began = NOW - timedelta(days=25)
    kept = (backup(20), backup(30, proved=None), backup(35), backup(45))
    assert outcome(*kept, needed=Needed(unfinished=began)) == {
        "b-20-shop": "unfinished",
        "b-30-shop": "unfinished",
        "b-35-shop": "unfinished",
        "b-45-shop": "removed",
    }


def test_rows_say_what_is_needed() -> None:
    done = AppliedMigration("1", "a", "", NOW, finished_at=NOW)
    begun = replace(done, id="2", finished_at=None, started_at=NOW - timedelta(hours=1))
    back = replace(begun, id="3", rolled_back_at=NOW, started_at=NOW - timedelta(days=9))
    assert needed_for([done, back], running=False) == NOTHING
    assert needed_for([done, begun, back], running=True) == Needed(True, begun.started_at)


ages = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from([True, False, None])),
    max_size=9,
    unique_by=lambda each: each[0],
)
needs = st.builds(
    Needed,
    running=st.booleans(),
    unfinished=st.none() | st.integers(0, 99).map(lambda days: NOW - timedelta(days=days)),
)


@given(ages, needs)
def test_there_is_never_none_left_and_never_a_good_one_lost(
    given_ages: list[tuple[int, bool | None]], needed: Needed
) -> None:
    backups = [backup(days, proved=proved) for days, proved in given_ages]
    done: Pruned = pruned(backups, NOW, keep=KEEP, needed=needed)
    left = [each.backup for each in done.kept]
    assert len(left) + len(done.removed) == len(backups)
    assert bool(left) == bool(backups)
    assert any(each.proved for each in left) == any(each.proved for each in backups)
    assert all(NOW - each.manifest.started_at > KEEP for each in done.removed)
    assert all(each.why in Held for each in done.kept)
