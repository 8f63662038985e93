"""A fleet in deploy jobs: in one, or in slices, told to GitHub as one target."""

import json
from dataclasses import replace

import pytest

from bot.core.rollouts.progress import State
from bot.core.settings import Settings, default_targets
from bot.core.targets.fleet import Fleet, Source, Wave
from bot.errors import ExitCode, FleetStopped, PostgresError
from bot.flows.asked.answering import answer
from bot.flows.asked.apply import SHARD_VARIABLE, TARGET_VARIABLE
from bot.flows.telling.audit import AUDIT_VARIABLE
from bot.world import World
from tests.fakes import FakeDatabase, FakeFleets, applied
from tests.flows.telling.test_audit import FakeSealer
from tests.flows.world import INIT, MERGE, MORE, Stage

HERE = "h" * 40
WAVES = (Wave("canary", count=1), Wave("rest", rest=True))
STATEMENT = MORE.sql.rstrip(";")


def jobs(fleets: FakeFleets, stage: Stage, shard: str = "", size: int = 100) -> World:
    fleet = Fleet(Source(urls_env="TENANTS"), waves=WAVES, parallel=1, shard_size=size)
    target = replace(default_targets()["staging"], name="tenants", url_env="TENANTS", fleet=fleet)
    environ = {TARGET_VARIABLE: "tenants", SHARD_VARIABLE: shard, "TENANTS": "secret"}
    return replace(
        stage.world(),
        settings=Settings(targets={"tenants": target}),
        environ=environ,
        fleets=fleets,
    )


def tenants(count: int) -> dict[str, FakeDatabase]:
    return {f"t{number}": FakeDatabase([applied(INIT)]) for number in range(count)}


def go(world: World) -> ExitCode:
    return answer(world, "push", {"after": MERGE}, HERE)


def states(stage: Stage) -> list[State]:
    return [each.state for each in stage.github.announced]


def test_a_fleet_that_fits_one_job_is_told_as_any_target() -> None:
    stage = Stage()
    assert go(jobs(FakeFleets(tenants(5)), stage)) is ExitCode.FINE
    assert states(stage) == [State.APPLYING, State.APPLIED]
    assert stage.runner.outputs["state"] == "applied"
    assert "shards" not in stage.runner.outputs
    assert "| rest | 4 | 4 | 0 | 0 | 0 |" in "\n".join(stage.runner.written)


def test_a_larger_one_is_begun_sliced_and_told_at_the_end() -> None:
    fleets, stage = FakeFleets(tenants(5)), Stage()
    assert go(jobs(fleets, stage, size=2)) is ExitCode.FINE
    assert json.loads(stage.runner.outputs["shards"]) == ["1/2", "2/2"]
    assert stage.runner.outputs["state"] == "applying"
    assert states(stage) == [State.APPLYING]

    for shard in json.loads(stage.runner.outputs["shards"]):
        assert go(jobs(fleets, stage, shard, size=2)) is ExitCode.FINE
    assert states(stage) == [State.APPLYING]

    assert go(jobs(fleets, stage, "all", size=2)) is ExitCode.FINE
    assert states(stage) == [State.APPLYING, State.APPLIED]
    assert {len(each.rows) for each in fleets.databases.values()} == {2}


def test_a_tenant_that_is_parked_fails_the_job_and_is_told() -> None:
    databases = tenants(5)
    refused = PostgresError("duplicate key", hint="Look.", sqlstate="23505")
    databases["t3"].refuse[STATEMENT] = [refused]
    stage = Stage()
    with pytest.raises(FleetStopped, match="tenants: 4 done, 1 parked") as error:
        go(jobs(FakeFleets(databases), stage))
    assert error.value.exit_code is ExitCode.PARKED
    assert states(stage) == [State.APPLYING, State.FAILED]
    assert "duplicate key" in "\n".join(stage.runner.written)


def test_a_slice_that_is_done_is_written_down() -> None:
    fleets, stage = FakeFleets(tenants(5)), Stage()
    go(jobs(fleets, stage, size=2))
    world = jobs(fleets, stage, "2/2", size=2)
    environ = {**world.environ, AUDIT_VARIABLE: "/tmp/audit.json"}
    assert go(replace(world, environ=environ, sealer=FakeSealer())) is ExitCode.FINE
    record = json.loads(stage.runner.files["/tmp/audit.json"])["record"]
    assert [(each["name"], each["applied"]) for each in record["migrations"]] == [(MORE.name, True)]
    assert record["outcome"]["message"] == "2 done."
    assert stage.runner.outputs["audit-part"] == "-2-of-2"
