"""Who holds the migration lock, on real servers, and how its session is ended."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from bot.fleet.failures import Meaning, meaning_of

STAGING = default_targets()["staging"]
Session = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database), who="run 42") as opened:
        yield opened


@pytest.fixture
def other(database: str) -> Iterator[Session]:
    with psycopg.connect(database, autocommit=True, application_name="somebody") as connection:
        yield connection


def silent(text: str) -> None:
    """Nobody listens."""


def test_the_holder_is_known_by_its_session(target: TargetDatabase, other: Session) -> None:
    other.execute("SELECT pg_advisory_lock(%s), 'ann@example.org'", (PRISMA_KEY,))

    holder = target.lock_holder()

    assert holder is not None
    assert (holder.pid, holder.application) == (other.info.backend_pid, "somebody")
    assert (holder.user, holder.state, holder.ours) == (other.info.user, "idle", False)
    assert holder.query == "SELECT pg_advisory_lock($1), ?"
    assert holder.since is not None
    assert holder.idle >= 0


def test_a_rollout_says_who_it_is(target: TargetDatabase, database: str) -> None:
    with open_target(STAGING, parse_url(database)) as beside, target.exclusively(silent):
        holder = beside.lock_holder()

    assert holder is not None
    assert holder.application == "migration-bot/staging/run 42"
    assert holder.ours


def test_the_two_halves_may_have_two_holders_and_ours_comes_first(
    target: TargetDatabase, other: Session, database: str
) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    with open_target(STAGING, parse_url(database), who="ann@desk") as ours:
        ours.execute(f"SELECT pg_advisory_lock({OWN_KEY})")

        found = [each.application for each in target.lock_holders()]

    assert found == ["migration-bot/staging/ann@desk", "somebody"]


def test_the_session_of_a_holder_is_ended_and_nobody_elses(
    target: TargetDatabase, other: Session, database: str
) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    holder = target.lock_holder()
    assert holder is not None
    assert holder.since is not None

    assert not target.terminate(replace(holder, pid=target._connection.info.backend_pid))
    assert not target.terminate(replace(holder, since=holder.since.replace(year=2020)))
    assert target.terminate(holder)

    while target.lock_holders():
        time.sleep(0.05)
    with pytest.raises(psycopg.OperationalError):
        other.execute("SELECT 1")


def test_a_session_that_has_let_go_is_not_ended(target: TargetDatabase, other: Session) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    holder = target.lock_holder()
    assert holder is not None
    other.execute("SELECT pg_advisory_unlock(%s)", (PRISMA_KEY,))

    assert not target.cancel(holder)
    assert not target.terminate(holder)
    assert other.execute("SELECT 1").fetchone() == (1,)


def test_a_role_that_may_not_end_a_session_is_told_so(
    target: TargetDatabase, other: Session, database: str
) -> None:
    target.execute("DROP ROLE IF EXISTS bystander")
    target.execute("CREATE ROLE bystander LOGIN")
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    try:
        with psycopg.connect(database, user="bystander", autocommit=True) as connection:
            weak = TargetDatabase(connection, STAGING, "public", parse_url(database))
            holder = weak.lock_holder()
            assert holder is not None
            assert (holder.pid, holder.query, holder.since) == (other.info.backend_pid, "", None)
            with pytest.raises(PostgresError) as error:
                weak.terminate(holder)
    finally:
        target.execute("DROP ROLE bystander")

    assert error.value.sqlstate == "42501"


def test_waiting_for_the_lock_ends_as_configured_and_names_the_holder(
    other: Session, database: str
) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    said: list[str] = []
    hasty = replace(STAGING, lock_wait=0)

    with (
        open_target(hasty, parse_url(database)) as target,
        pytest.raises(PostgresError, match=r"somebody \(process") as error,
        target.exclusively(said.append),
    ):
        raise AssertionError("somebody else has the lock")

    assert "migration-bot unlock staging" in error.value.hint
    assert meaning_of(error.value) is Meaning.RETRY
