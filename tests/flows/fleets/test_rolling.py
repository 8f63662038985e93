"""A rollout to a fleet, with tenants that keep a diary."""

from dataclasses import replace

import pytest

from bot.commands import apply, fleet, plan, status
from bot.core.settings import Settings, default_targets
from bot.core.targets.fleet import DEFAULT_WAVES, Budget, Fleet, Shard, Source, Wave
from bot.core.targets.fleet_outcome import FleetOutcome, TenantState
from bot.core.targets.target import Target
from bot.errors import ExitCode, GateClosed, HistoryError, PostgresError, UsageError
from bot.flows.fleets.rolling import roll_out_fleet
from bot.flows.fleets.survey import survey_fleet
from bot.world import World
from tests.fakes import (
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    FakeFleets,
    FakeRunner,
    applied,
    history,
    migration,
    world,
)

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
MORE = migration("20260201000000_more", "CREATE TABLE b (id int PRIMARY KEY);")
STATEMENT = MORE.sql.rstrip(";")
ALL_AT_ONCE = (Wave("first", count=1), Wave("rest", rest=True))


def target(**parts: object) -> Target:
    made = Fleet(Source(urls_env="TENANTS"), parallel=1, waves=ALL_AT_ONCE)
    staging = default_targets()["staging"]
    return replace(
        staging,
        name="tenants",
        url_env="TENANTS",
        fleet=replace(made, **parts),  # type: ignore[arg-type]
    )


def tenants(count: int, **refused: PostgresError) -> dict[str, FakeDatabase]:
    """So many that lack the second migration; those named refuse it, as often as they are asked."""
    return {
        name: FakeDatabase(
            [applied(INIT)], refuse={STATEMENT: [refused[name]] * 9} if name in refused else {}
        )
        for name in (f"t{number}" for number in range(count))
    }


def place(fleets: FakeFleets, asked: Target | None = None) -> World:
    asked = asked or target()
    made = world(
        FakeCheckout(history(INIT, MORE)),
        settings=Settings(targets={"tenants": asked}),
        environ={"TENANTS": "secret"},
    )
    return replace(made, fleets=fleets)


def go(fleets: FakeFleets, asked: Target | None = None, **options: object) -> FleetOutcome:
    asked = asked or target()
    return roll_out_fleet(asked, place(fleets, asked), **options)  # type: ignore[arg-type]


def refusal(sqlstate: str, message: str = "It is refused.") -> PostgresError:
    return PostgresError(message, hint="Look.", sqlstate=sqlstate)


def states(outcome: FleetOutcome) -> dict[str, str]:
    return {each.tenant: each.state.value for each in outcome.tenants}


def test_every_tenant_gets_what_it_lacks_and_a_second_run_finds_nothing_to_do() -> None:
    databases = tenants(5)
    databases["t3"].rows.append(applied(MORE))
    outcome = go(FakeFleets(databases))

    assert outcome.complete
    assert outcome.exit_code is ExitCode.FINE
    assert [each.state for each in outcome.tenants].count(TenantState.CURRENT) == 1
    assert outcome.heads == ((MORE.name, 5),)
    assert all(each.diary.count("commit") == 1 for n, each in databases.items() if n != "t3")

    again = go(FakeFleets(databases))
    assert set(states(again).values()) == {"current"}
    assert all(each.diary.count("commit") <= 1 for each in databases.values())


def test_what_is_said_of_a_tenant_names_it() -> None:
    given = place(FakeFleets(tenants(2)))

    roll_out_fleet(target(), given)

    assert isinstance(given.console, FakeConsole)
    assert f"t1: applying {MORE.name}" in given.console.said


def test_one_whose_data_refuses_is_parked_and_the_others_go_on() -> None:
    outcome = go(FakeFleets(tenants(9, t4=refusal("23505", "duplicate key"))))

    assert states(outcome)["t4"] == "parked"
    assert outcome.words == "8 done, 1 parked"
    assert outcome.exit_code is ExitCode.PARKED
    (parked,) = outcome.of(TenantState.PARKED)
    assert "duplicate key" in parked.message
    assert parked.head == INIT.name
    assert parked.attempts == 1


def test_one_whose_history_disagrees_is_parked_untouched() -> None:
    databases = tenants(4)
    databases["t2"].rows.append(applied(migration("20260115000000_gone")))
    outcome = go(FakeFleets(databases))

    assert states(outcome)["t2"] == "parked"
    assert databases["t2"].diary == ["lock", "unlock"]
    assert outcome.exit_code is ExitCode.PARKED


def test_one_that_is_away_is_tried_three_times_at_the_end() -> None:
    fleets = FakeFleets(tenants(4), down={"t1": 9})
    outcome = go(fleets)

    assert fleets.connected == ["t0", "t1", "t2", "t3", "t1", "t1"]
    assert states(outcome)["t1"] == "failed"
    assert outcome.exit_code is ExitCode.POSTGRES


def test_one_that_comes_back_is_done() -> None:
    fleets = FakeFleets(tenants(4), down={"t1": 2})
    outcome = go(fleets)

    assert outcome.complete
    assert {each.tenant: each.attempts for each in outcome.tenants}["t1"] == 3


def test_one_that_somebody_else_migrates_is_come_back_to() -> None:
    databases = tenants(4)
    databases["t1"].refuse["lock"] = [refusal("55P03")] * 2
    fleets = FakeFleets(databases)

    outcome = go(fleets)

    assert fleets.connected == ["t0", "t1", "t2", "t3", "t1", "t1"]
    assert outcome.complete


def test_the_first_wave_may_have_no_failure() -> None:
    outcome = go(FakeFleets(tenants(5, t0=refusal("23505"))), target(errors=Budget(count=5)))

    assert outcome.words == "0 done, 1 parked, 4 not started"
    assert "1 of 1 tenants of the wave first failed, and 0 may" in outcome.stopped
    assert outcome.exit_code is ExitCode.PARKED


def test_more_failures_than_the_budget_allows_stop_the_wave() -> None:
    refused = {f"t{number}": refusal("23505") for number in (2, 3, 4)}
    outcome = go(FakeFleets(tenants(9, **refused)), target(errors=Budget(count=1)))

    assert outcome.words == "2 done, 2 parked, 5 not started"


def test_what_nobody_expects_stops_everything_at_once() -> None:
    outcome = go(FakeFleets(tenants(9, t2=refusal("42P07"))), target(errors=Budget(count=9)))

    assert outcome.words == "2 done, 1 broken, 6 not started"
    assert outcome.stopped.startswith("t2 failed in a way that others might")
    assert outcome.exit_code is ExitCode.POSTGRES


def test_a_migration_that_cannot_be_run_stops_before_any_tenant_is_touched() -> None:
    databases = tenants(3)
    asked = target()
    made = place(FakeFleets(databases), asked)
    unreadable = history(INIT, migration(MORE.name, "ROLLBACK;"))
    outcome = roll_out_fleet(asked, replace(made, checkout=FakeCheckout(unreadable)))

    assert outcome.exit_code is ExitCode.USAGE
    assert outcome.words == "0 done, 1 broken, 2 not started"


def test_a_closed_gate_is_asked_for_once_and_stops_all() -> None:
    """Staging, which comes first, has not got it."""
    asked = replace(target(), after="staging")
    made = place(FakeFleets(tenants(4)), asked)
    targets = {"tenants": asked, "staging": default_targets()["staging"]}
    outcome = roll_out_fleet(asked, replace(made, settings=Settings(targets=targets)))

    assert outcome.exit_code is ExitCode.GATE_CLOSED
    assert outcome.words == "0 done, 1 broken, 3 not started"


def test_between_waves_it_soaks_and_asks_whether_those_changed_are_well() -> None:
    asked = target(soak=60, health="SELECT true")
    fleets = FakeFleets(tenants(4), unwell={"t0"})
    made = place(fleets, asked)
    before = made.now()
    outcome = roll_out_fleet(asked, made)

    assert (made.now() - before).total_seconds() == 60
    assert outcome.words == "0 done, 1 failed, 3 not started"
    assert "Applied, and not well" in outcome.of(TenantState.FAILED)[0].message


def test_nothing_is_waited_for_where_nothing_was_changed() -> None:
    databases = tenants(3)
    for each in databases.values():
        each.rows.append(applied(MORE))
    asked = target(soak=60, health="SELECT true")
    made = place(FakeFleets(databases, unwell={"t0"}), asked)
    before = made.now()

    assert roll_out_fleet(asked, made).complete
    assert made.now() == before


def test_a_slice_is_closed_until_the_waves_before_it_are_done() -> None:
    fleets = FakeFleets(tenants(9))
    with pytest.raises(GateClosed, match=r"The wave first is not done: 1 of 1 tenants"):
        go(fleets, shard=Shard(1, 2))

    assert go(fleets, shard=Shard(0, 2)).words == "1 done"
    assert go(fleets, shard=Shard(1, 2)).words == "4 done"
    assert go(fleets, shard=Shard(2, 2)).words == "4 done"
    assert go(fleets).of(TenantState.APPLIED) == ()


def test_the_plan_of_a_fleet_is_agreed_to_as_a_whole() -> None:
    fleets = FakeFleets(tenants(3))
    with pytest.raises(HistoryError, match="not the one that was agreed to"):
        go(fleets, expect_digest="sha256:0")
    assert all(each.diary == [] for each in fleets.databases.values())

    digest = survey_fleet(target(), place(fleets)).plan.digest
    assert go(fleets, expect_digest=digest).digest == digest


def test_one_backup_serves_all_schemas_of_a_database() -> None:
    asked = replace(target(), backup=replace(target().backup, required=True))
    fleets = FakeFleets(tenants(4))
    assert go(fleets, asked).complete
    assert sorted(fleets.backed_up) == ["t0", "t1", "t2", "t3"]

    # One for each wave: the writes between two waves are worth keeping.
    fleets = FakeFleets(tenants(4), schemas=True)
    assert go(fleets, asked).complete
    assert fleets.backed_up == ["t0", "t1"]


def test_an_interruption_tells_what_is_done_and_what_is_not() -> None:
    databases = tenants(4)
    databases["t2"].interrupt = STATEMENT
    outcome = go(FakeFleets(databases))

    assert outcome.interrupted
    assert outcome.exit_code is ExitCode.INTERRUPTED
    assert [states(outcome)[name] for name in ("t1", "t2", "t3")] == [
        "applied",
        "begun",
        "not started",
    ]
    (left,) = outcome.of(TenantState.BEGUN)
    assert left.message.endswith("what was committed there stays.")


def test_a_fault_of_ours_ends_the_run_as_itself() -> None:
    class Broken(FakeFleets):
        def connect(self, target: object, tenant: object) -> object:  # type: ignore[override]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        go(Broken(tenants(4)))


def test_a_survey_finds_classes_odd_ones_and_who_is_silent() -> None:
    databases = tenants(6)
    databases["t1"].looks = "changed by hand"
    databases["t2"].rows.append(applied(migration("20260115000000_gone")))
    survey = survey_fleet(target(), place(FakeFleets(databases, down={"t3": 1})))

    assert [(each.tenants, each.odd) for each in survey.classes] == [
        (("t0", "t4", "t5"), False),
        (("t1",), True),
    ]
    assert [each.tenant for each in survey.disagreeing] == ["t2"]
    assert [each.tenant for each in survey.unreachable] == ["t3"]
    assert survey.waves == (("first", 1), ("rest", 5))


def shown(made: World) -> str:
    assert isinstance(made.console, FakeConsole)
    return made.console.output


def test_the_verbs_go_through_a_fleet() -> None:
    fleets = FakeFleets(tenants(3))
    made = place(fleets)
    assert plan.run(made, "tenants") is ExitCode.FINE
    assert "tenants: 3 tenants, 3 not up to date." in shown(made)
    assert apply.stop_at_plan(made, "tenants", "json") is ExitCode.FINE

    made = place(fleets)
    assert apply.run(made, "tenants") is ExitCode.FINE
    assert "tenants is up to date: 3 done" in shown(made)
    assert "3 tenants at 20260201000000_more" in shown(made)

    made = place(fleets)
    assert status.run([made], ["tenants"]) is ExitCode.FINE
    assert "3 of 3 tenants are up to date" in shown(made)


def test_a_fleet_of_nobody_is_more_often_a_mistake() -> None:
    with pytest.raises(UsageError, match="has no tenants"):
        go(FakeFleets({}))


def test_one_database_has_no_shards() -> None:
    made = world(FakeCheckout(history(INIT)))
    with pytest.raises(UsageError, match="has no shards"):
        apply.run(made, "staging", shard="1/2")
    with pytest.raises(UsageError, match="not a fleet"):
        fleet.shards(made, "staging")


def test_the_matrix_is_printed_and_inside_actions_it_is_an_output() -> None:
    runner = FakeRunner()
    asked = target(shard_size=2, waves=DEFAULT_WAVES)
    made = replace(place(FakeFleets(tenants(9)), asked), runner=runner)
    assert fleet.shards(made, "tenants") is ExitCode.FINE
    assert shown(made) == '{"shard": ["1/4", "2/4", "3/4", "4/4"]}'
    assert runner.outputs == {"matrix": shown(made), "first": "0/4"}
