"""What is said of a target that answers."""

from dataclasses import replace

import pytest

from bot.core.doctor.access import Access
from bot.core.doctor.check import State, Trouble
from bot.core.settings import Settings, default_targets
from bot.core.targets.server import Pooling, ServerFacts
from bot.doctor import target as doctor

TARGETS = default_targets()
STAGING, PRODUCTION = TARGETS["staging"], TARGETS["production"]
FACTS = ServerFacts("18.1", 18, "app", False, False, role="deployer")
REMOTE = Access(local=False, encrypted=True, verified=True)


def test_everything_is_fine_where_nothing_is_wrong() -> None:
    found = list(doctor.target_checks(PRODUCTION, Settings(), FACTS, REMOTE, None))
    assert {each.state for each in found} == {State.PASS, State.SKIPPED}
    assert [each.name for each in found if each.state is State.SKIPPED] == ["replication"]


def test_one_that_does_not_answer_says_why() -> None:
    (found,) = doctor.unreachable(Trouble("I could not connect: refused.", "Start it."))
    assert (found.state, found.advice) == (State.FAIL, "Start it.")


def test_what_is_not_encrypted_fails_for_production_and_is_worth_a_look_elsewhere() -> None:
    plain = replace(REMOTE, encrypted=False, verified=False)
    assert doctor.tls(PRODUCTION, plain).state is State.FAIL
    assert doctor.tls(STAGING, plain).state is State.WARN
    assert "sslmode=verify-full` to PRODUCTION_DATABASE_URL" in doctor.tls(PRODUCTION, plain).advice


def test_a_certificate_that_nobody_checks_is_worth_a_look() -> None:
    assert doctor.tls(PRODUCTION, replace(REMOTE, verified=False)).state is State.WARN
    assert doctor.tls(PRODUCTION, REMOTE).state is State.PASS
    assert doctor.tls(PRODUCTION, Access(local=True)).state is State.PASS


@pytest.mark.parametrize("pooling", [Pooling.SESSION, Pooling.TRANSACTION])
def test_a_pooler_is_worth_a_look(pooling: Pooling) -> None:
    found = doctor.pooler(STAGING, replace(FACTS, pooling=pooling))
    assert found.state is State.WARN
    assert f"{pooling.value} mode" in found.said
    assert "`direct_url_env` of staging" in found.advice
    assert doctor.pooler(STAGING, FACTS).state is State.PASS


@pytest.mark.parametrize(
    ("major", "judged", "state"),
    [
        (12, 18, State.FAIL),
        (13, 13, State.PASS),
        (15, 15, State.PASS),
        (18, 18, State.PASS),
        (15, 18, State.WARN),
        (19, 18, State.WARN),
    ],
)
def test_the_version_of_the_server(major: int, judged: int, state: State) -> None:
    facts = replace(FACTS, version=f"{major}.1", major=major)
    assert doctor.server_version(Settings(postgres=judged), facts).state is state


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, State.PASS), (2, State.PASS), (-4, State.PASS), (9, State.WARN), (-400, State.FAIL)],
)
def test_clocks_that_disagree(ahead: float, state: State) -> None:
    assert doctor.clock(Access(ahead=ahead)).state is state


def test_a_clock_is_said_to_be_ahead_or_behind() -> None:
    assert doctor.clock(Access(ahead=61)).said.startswith("The server's clock is 61 s ahead of")
    assert doctor.clock(Access(ahead=-61)).said.startswith("The server's clock is 61 s behind")


def test_what_would_keep_a_rollout_from_beginning_fails() -> None:
    found = doctor.ready_to_roll_out(Trouble("staging is a standby.", "Name the primary."))
    assert (found.state, found.advice) == (State.FAIL, "Name the primary.")
    assert doctor.ready_to_roll_out(None).state is State.PASS


def test_a_lock_timeout_that_is_not_kept_fails() -> None:
    assert doctor.lock_timeout(STAGING, Access(lock_timeout=False)).state is State.FAIL
    assert doctor.lock_timeout(STAGING, Access()).state is State.PASS


def test_the_tenants_of_a_fleet_are_counted_and_not_asked() -> None:
    (many,) = doctor.fleet(1200, "tenants")
    assert many.said.startswith("1,200 tenants are listed; `migration-bot status tenants`")
    (none,) = doctor.fleet(0, "tenants")
    assert none.state is State.WARN
    (refused,) = doctor.fleet(Trouble("No such table.", "Make it."), "tenants")
    assert refused.state is State.FAIL
