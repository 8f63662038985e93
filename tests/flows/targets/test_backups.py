"""What is asked of a target before its backups are verified or pruned."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.commands import backups as verb
from bot.core.backups.backup import Proof, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.retention import NOTHING, Held, Needed
from bot.core.backups.sources import PgBackRest
from bot.core.backups.stored import Stray
from bot.core.migrations.migration import AppliedMigration
from bot.core.restores.loss import Loss
from bot.core.restores.plan import How, RestorePlan
from bot.core.restores.scene import Scene
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.holder import Holder
from bot.core.settings import Settings
from bot.core.targets.target import Kind, Target
from bot.errors import BackupError, BrokenBackup, PostgresError
from bot.flows.targets.backups import prune, verify
from bot.flows.targets.restoring import order_for, require_restorable
from bot.world import World
from tests.fakes import MANIFEST, FakeBackups, FakeCheckout, FakeConsole, FakeDatabase, history
from tests.fakes import world as made
from tests.fakes.values import NOON
from tests.fakes.worlds import shown
from tests.report.formats.test_as_json import schema, validated

PRODUCTION = Target("production", Kind.PRODUCTION, "URL", backup=BackupPolicy(required=True))


def kept(days: int, *, proved: bool = True) -> StoredBackup:
    id = f"2026-{days:02}"
    at = NOON - timedelta(days=days)
    recipients = ("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqq",) if days == 1 else ()
    manifest = replace(MANIFEST, id=id, path=id, started_at=at, recipients=recipients)
    proof = Proof(id, "18.1", 2.0, 3, 40) if proved else None
    return StoredBackup(manifest, location="s3://bucket/a", proof=proof)


SHELF = (kept(1), kept(20, proved=False), kept(30))


def place(
    target: Target = PRODUCTION,
    *,
    database: FakeDatabase | None = None,
    shelf: tuple[StoredBackup, ...] = SHELF,
    strays: tuple[Stray, ...] = (),
    **environ: str,
) -> World:
    known = {"production": database} if database is not None else {}
    return made(
        FakeCheckout(history()),
        known,
        settings=Settings(targets={"production": target}),
        backups=FakeBackups([], shelf=shelf, left=strays),
        environ={"URL": "postgresql://h/d", **environ},
    )


def backups_of(world: World) -> FakeBackups:
    assert isinstance(world.backups, FakeBackups)
    return world.backups


def said(world: World) -> str:
    assert isinstance(world.console, FakeConsole)
    return "\n".join(world.console.said)


def noted(id: str, digest: str) -> Sealed:
    return Sealed({"backup": {"id": id, "digest": digest}})


def test_a_backup_whose_digest_was_written_down_is_verified_by_it() -> None:
    right = SHELF[0].manifest.digest
    world = place(database=FakeDatabase(audit=[Sealed({"backup": None}), noted("2026-01", right)]))
    stored, proof = verify(PRODUCTION, "2026-01", None, None, world)
    assert (stored, proof.level) == (SHELF[0], Level.RESTORE)
    assert "nobody has written" not in said(world)


def test_one_that_was_swapped_for_another_is_not_even_opened() -> None:
    world = place(database=FakeDatabase(audit=[noted("2026-01", "sha256:" + "0" * 64)]))
    with pytest.raises(BrokenBackup, match="has another manifest than when it was taken"):
        verify(PRODUCTION, "2026-01", None, None, world)
    assert backups_of(world).diary == []


def test_a_digest_may_be_given() -> None:
    world = place()
    verify(PRODUCTION, "2026-30", None, SHELF[2].manifest.digest, world)
    with pytest.raises(BrokenBackup):
        verify(PRODUCTION, "2026-30", None, SHELF[0].manifest.digest, world)
    assert backups_of(world).diary == ["verify 2026-30 by restore"]


def test_without_a_digest_it_is_said_what_that_means() -> None:
    world = place()
    verify(PRODUCTION, "2026-01", Level.CONTENT, None, world)
    assert "production cannot be asked for the digest" in said(world)
    assert "nobody has written its digest down" in said(world)
    assert backups_of(world).diary == ["verify 2026-01 by content"]


def test_a_backup_is_verified_as_far_as_it_was_taken_for() -> None:
    wanted = replace(PRODUCTION, backup=BackupPolicy(level=Level.CONTENT))
    shelf = (replace(SHELF[0], manifest=replace(SHELF[0].manifest, level=Level.RESTORE)),)
    world = place(wanted, shelf=shelf, database=FakeDatabase())
    _, proof = verify(wanted, "2026", None, None, world)
    assert proof.level is Level.RESTORE


def test_a_backup_that_was_swapped_is_not_restored() -> None:
    manifest = SHELF[0].manifest
    scene = Scene("shop", True, "18.1", NOON)
    loss = Loss(manifest.started_at, timedelta(days=1))
    plan = RestorePlan("production", "production", Kind.PRODUCTION, manifest, How.SWAP, scene, loss)
    world = place(database=FakeDatabase(audit=[noted("2026-01", "sha256:" + "0" * 64)]))
    order = order_for(PRODUCTION, "2026-01", world)
    with pytest.raises(BrokenBackup, match="has another manifest than when it was taken"):
        require_restorable(order, plan, world)
    assert backups_of(world).diary == []


def begun(days: int) -> AppliedMigration:
    return AppliedMigration("1", "a", "", NOON - timedelta(days=days))


@pytest.mark.parametrize(
    ("database", "needed"),
    [
        (FakeDatabase(), NOTHING),
        (FakeDatabase(holders=[Holder(7)]), Needed(running=True)),
        (FakeDatabase([begun(25)]), Needed(unfinished=NOON - timedelta(days=25))),
    ],
)
def test_the_target_says_what_it_needs(database: FakeDatabase, needed: Needed) -> None:
    world = place(database=database)
    prune(PRODUCTION, world, dry=True)
    assert backups_of(world).asked == [needed]


def test_a_target_that_does_not_answer_keeps_everything() -> None:
    world = place()
    with pytest.raises(PostgresError, match="does not answer"):
        prune(PRODUCTION, world, dry=False)
    assert backups_of(world).asked == []


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(BackupError, match="recovery points that its provider keeps"):
        yield


def test_recovery_points_are_not_ours_to_look_after() -> None:
    elsewhere = replace(PRODUCTION, backup=BackupPolicy(source=PgBackRest("main")))
    world = place(elsewhere)
    with refused():
        verb.show(world, "production")
    with refused():
        verb.verify(world, "production", None)
    with refused():
        verb.prune(world, "production", dry=True)


LISTED = f"""\
production has 3 backups.
  2026-01
    1 d old, 1.0 kB, in s3://bucket/a, encrypted to age1qqqqqqqqqqqqqqqq…
    proved by restoring 3 tables and 40 rows on PostgreSQL 18.1
    Manifest digest {SHELF[0].manifest.digest}
  2026-20
    20 d old, 1.0 kB, in s3://bucket/a, not encrypted
    not proved
    Manifest digest {SHELF[1].manifest.digest}
  2026-30
    30 d old, 1.0 kB, in s3://bucket/a, not encrypted
    proved by restoring 3 tables and 40 rows on PostgreSQL 18.1
    Manifest digest {SHELF[2].manifest.digest}
  2026-40 is no backup: it is not complete
"""
PRUNED = """\
production: 2 backups would be removed, 2.0 kB.
  would be removed: 2026-20, 20 d old
  would be removed: 2026-30, 30 d old
  kept: 2026-01, 1 d old: the last that was proved
"""


def test_they_are_listed() -> None:
    world = place(strays=(Stray("2026-40", "it is not complete"),))
    verb.show(world, "production")
    assert shown(world) == LISTED


def test_what_would_go_and_why_the_rest_stays_is_told() -> None:
    world = place(database=FakeDatabase())
    verb.prune(world, "production", dry=True)
    assert shown(world) == PRUNED


def test_what_was_verified_is_told() -> None:
    world = place(database=FakeDatabase())
    verb.verify(world, "production", "2026-01")
    assert "The backup 2026-01 holds: it is proved by restoring 3 tables" in shown(world)
    assert "later writes are not in it" in shown(world)


def loaded(world: World) -> Any:
    return json.loads(shown(world))


def test_programs_read_the_same() -> None:
    world = place(strays=(Stray("2026-40", "it is not complete", NOON),))
    verb.show(world, "production", "json")
    found = validated("backups-list", loaded(world))
    assert [each["id"] for each in found["backups"]] == ["2026-01", "2026-20", "2026-30"]
    assert found["backups"][0]["encrypted"]
    assert found["backups"][0]["digest"] == SHELF[0].manifest.digest
    assert found["backups"][1]["proof"] is None
    assert found["strays"][0]["problem"] == "it is not complete"

    world = place(database=FakeDatabase())
    verb.prune(world, "production", dry=False, form="json")
    found = validated("backups-prune", loaded(world))
    assert [each["id"] for each in found["removed"]] == ["2026-20", "2026-30"]
    assert found["kept"] == [{"id": "2026-01", "why": "last proved"}]
    assert not found["dry_run"]

    world = place(database=FakeDatabase())
    verb.verify(world, "production", "2026-01", level="decode", form="json")
    assert validated("backups-verify", loaded(world))["proof"]["level"] == "decode"


def test_the_schemas_name_every_level_and_every_reason_to_keep() -> None:
    levels = schema("backups-verify")["$defs"]["proof"]["properties"]["level"]["enum"]
    assert levels == [each.value for each in Level]
    reasons = schema("backups-prune")["properties"]["kept"]["items"]["properties"]["why"]["enum"]
    assert reasons == [each.value for each in Held]
