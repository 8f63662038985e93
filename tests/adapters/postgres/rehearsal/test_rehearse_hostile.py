"""Whole rehearsals of hostile migrations: each is told, and the next is as if it had not been."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.rehearsal.places.place import ROLE
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.adapters.postgres.target.locking import PRISMA_KEY
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import Measured, Rehearsal
from bot.core.rehearsals.rehearsal_order import (
    BaseMigration,
    Limits,
    NewMigration,
    Order,
    Part,
    Step,
)
from tests.adapters.postgres.rehearsal.hostile import ALONE, SHARED, SPOKEN, Hostile
from tests.conftest import SERVERS

BASE = ("CREATE TABLE caught (who text)", "CREATE TABLE orders (id int PRIMARY KEY, total numeric)")
INNOCENT = Hostile("innocent", ("ALTER TABLE orders ADD COLUMN paid bool",), (None,), together=True)
LIMITS = Limits(statement=1.0, total=600.0, memory=1_000_000_000, disk=250_000_000)
MAJOR = max(each.major for each in SERVERS.values())
QUICK = (*SPOKEN, *ALONE)
SLOW = tuple(each for each in SHARED if each not in QUICK)


def order(hostile: Hostile, canary: Path) -> Order:
    names = {"{canary}": str(canary), "{role}": ROLE, "{database}": "rehearsal"}
    steps = []
    for index, sql in enumerate(hostile.statements):
        for name, value in names.items():
            sql = sql.replace(name, value)
        steps.append(Step(index, sql))
    part = Part(tuple(steps), transactional=hostile.together)
    return Order(
        base=tuple(BaseMigration(f"{at}", sql, f"{at}") for at, sql in enumerate(BASE)),
        new=(NewMigration(hostile.name, "checksum", (part,)),),
        postgres=MAJOR,
        limits=LIMITS,
    )


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """With a cache of templates that all of them share."""
    return {"MIGRATION_BOT_CACHE": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("canary")
    directory.chmod(0o777)
    return directory


@pytest.fixture(scope="module")
def pristine(environ: Mapping[str, str], canary: Path) -> Rehearsal:
    """What a rehearsal of an innocent migration finds when nobody was there before."""
    rehearse(order(INNOCENT, canary), environ=environ)
    return timeless(rehearse(order(INNOCENT, canary), environ=environ))


def timeless(found: Rehearsal) -> Rehearsal:
    """Without what is different every time."""
    migrations = tuple(
        replace(
            each,
            statements=tuple(
                replace(one, measured=one.measured and still(one.measured))
                for one in each.statements
            ),
        )
        for each in found.migrations
    )
    base, data = replace(found.base, seconds=0.0), replace(found.data, seconds=0.0)
    return replace(found, migrations=migrations, base=base, data=data, seconds=0.0)


def still(measured: Measured) -> Measured:
    locks = tuple(replace(each, held_ms=0.0) for each in measured.locks)
    return replace(measured, duration_ms=0.0, wal_bytes=0, locks=locks)


def check(hostile: Hostile, environ: Mapping[str, str], canary: Path) -> None:
    # Whoever opens a transaction itself is told so, whatever it wanted in it.
    ends = {*hostile.ends, Stop.REFUSED} if "BEGIN" in hostile.statements else {*hostile.ends}
    # The lock of rollouts is held by the rehearsal, as by a rollout.
    if any(str(PRISMA_KEY) in each for each in hostile.statements):
        ends = {Stop.TIME}
    found = rehearse(order(hostile, canary), environ=environ)
    assert found.base.refused is None
    (migration,) = found.migrations
    refused = migration.refused
    assert (refused and refused.stop) in ends, refused
    if refused is not None:
        assert refused.message.isprintable()
        assert refused.hint
    assert list(canary.iterdir()) == []


@pytest.mark.parametrize("hostile", QUICK, ids=str)
@pytest.mark.slow
def test_it_is_told_and_the_next_rehearsal_is_as_if_it_had_not_been(
    hostile: Hostile, environ: Mapping[str, str], canary: Path, pristine: Rehearsal
) -> None:
    directory = Path.cwd()
    check(hostile, environ, canary)
    assert timeless(rehearse(order(INNOCENT, canary), environ=environ)) == pristine
    assert Path.cwd() == directory


@pytest.mark.slow
@pytest.mark.parametrize("hostile", SLOW, ids=str)
def test_it_is_told(
    hostile: Hostile, environ: Mapping[str, str], canary: Path, pristine: Rehearsal
) -> None:
    check(hostile, environ, canary)
    assert timeless(rehearse(order(INNOCENT, canary), environ=environ)) == pristine


def test_only_the_base_is_kept_for_the_next_rehearsal(
    environ: Mapping[str, str], canary: Path, pristine: Rehearsal
) -> None:
    assert pristine.base.cached == len(BASE)
    before = templates(environ)
    rehearse(order(ALONE[0], canary), environ=environ)
    assert before
    assert templates(environ) == before


def templates(environ: Mapping[str, str]) -> dict[str, int]:
    """Names and sizes."""
    found = Path(environ["MIGRATION_BOT_CACHE"]).rglob("*.template")
    return {each.name: each.stat().st_size for each in found}
