import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.gates.gate import Gate
from bot.core.github.deployment import Deployment
from bot.core.github.event import Event
from bot.core.rollouts.audit import Sealed, Signature
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress, State
from bot.errors import GateClosed, PostgresError, UsageError
from bot.flows.telling.audit import AUDIT_VARIABLE, Audited, keep_audit
from bot.flows.telling.deploy import deploy
from bot.world import World
from tests.fakes import NOON, FakeConsole, FakeRunner
from tests.flows.world import HEAD, MERGE, MORE, NUMBER, Stage, pull

FILE = "/tmp/audit.json"
PUSH = Event("push", {"sender": {"login": "linus"}}, MERGE)
REFUSED = PostgresError("No right.", hint="Grant it.")


@dataclass
class FakeSealer:
    """Signs by saying so. `error` is what keeps it from it."""

    signed: bool = True
    error: UsageError | None = None
    sealed: list[Mapping[str, Any]] = field(default_factory=list)

    def seal(self, record: Mapping[str, Any]) -> Sealed:
        if self.error is not None:
            raise self.error
        self.sealed.append(record)
        return Sealed(record, Signature("k", "v") if self.signed else None)

    def verify(self, sealed: Sealed, public: str) -> str:
        return ""


def stage(**settings: Any) -> Stage:
    made = Stage(environ={AUDIT_VARIABLE: FILE}, runner=FakeRunner(PUSH), **settings)
    made.staging.rows.append(replace(made.staging.rows[0], name=MORE.name, checksum=MORE.checksum))
    return made


def world_of(given: Stage, sealer: FakeSealer | None = None) -> World:
    return replace(given.world(), sealer=sealer or FakeSealer())


def roll_out(world: World, target: str = "production") -> None:
    deploy(world.settings.target(target), MERGE, world)


def said(world: World) -> str:
    assert isinstance(world.console, FakeConsole)
    return "\n".join(world.console.said)


def staged(given: Stage) -> Stage:
    """Staging has it, so that production may."""
    texts = {MORE.name: MORE.checksum}
    given.github.announced.append(Deployment("staging", MERGE, State.APPLIED, NOON, texts))
    return given


def test_production_keeps_a_row_and_the_job_a_file() -> None:
    given = staged(stage())
    sealer = FakeSealer()
    roll_out(world_of(given, sealer))
    (row,) = given.production.audit
    record = row.record
    assert json.loads(given.runner.files[FILE])["record"] == json.loads(json.dumps(record))
    assert given.runner.outputs["audit"] == FILE
    assert record["trigger"] == {
        "login": "linus",
        "event": "push",
        "run": "https://github.com/acme/shop/actions/runs/1",
        "attempt": 1,
    }
    assert record["migrations"][0]["checksum"] == MORE.checksum
    assert record["migrations"][0]["applied"] is True
    assert record["commit"] == MERGE
    assert record["backup"] is not None
    assert record["outcome"]["state"] == "applied"
    assert record["server"]["version"] == "18.1"


def test_staging_keeps_no_row_unless_it_is_asked_to() -> None:
    given = Stage(environ={AUDIT_VARIABLE: FILE})
    world = world_of(given)
    roll_out(world, "staging")
    assert given.staging.audit == []
    assert FILE in given.runner.files

    given = Stage()
    world = world_of(given)
    target = replace(world.settings.target("staging"), audit=True)
    deploy(target, MERGE, world)
    assert len(given.staging.audit) == 1
    assert given.runner.files == {}


def test_the_row_is_written_after_the_rollout_and_not_within_it() -> None:
    given = staged(stage())
    roll_out(world_of(given))
    assert given.production.diary[-1] == "audit row"


def test_a_rollout_that_a_gate_kept_from_starting_leaves_no_row_but_a_file() -> None:
    given = staged(stage(opinions=()))
    with pytest.raises(GateClosed):
        roll_out(world_of(given))
    assert given.production.audit == []
    record = json.loads(given.runner.files[FILE])["record"]
    assert record["outcome"]["state"] == "closed"
    assert record["outcome"]["code"] == 3


def test_a_rollout_that_failed_is_written_down_too() -> None:
    given = staged(stage())
    given.production.refuse[MORE.sql.rstrip(";")] = [REFUSED]
    with pytest.raises(PostgresError):
        roll_out(world_of(given))
    (row,) = given.production.audit
    assert row.record["outcome"]["state"] == "failed"
    assert row.record["outcome"]["failed"] == MORE.name
    assert row.record["migrations"][0]["applied"] is False


def test_a_run_with_nothing_to_apply_is_no_rollout() -> None:
    given = stage()
    roll_out(world_of(given), "staging")
    assert given.runner.files == {}


@pytest.mark.parametrize("trouble", ["row", "file", "key"])
def test_what_cannot_be_written_down_is_said_and_changes_nothing(trouble: str) -> None:
    given = staged(stage())
    sealer = FakeSealer()
    if trouble == "row":
        given.production.no_audit = REFUSED
    if trouble == "key":
        sealer.error = UsageError("No key.", hint="Make one.")
    if trouble == "file":
        given.runner = Unwritable(PUSH)
    world = world_of(given, sealer)
    roll_out(world)
    assert MORE.name in [row.name for row in given.production.rows]
    expected = {"row": "no audit row", "file": "no audit file", "key": "not written down: No key."}
    assert expected[trouble] in said(world)


def test_without_a_key_it_is_said_that_the_record_is_not_signed() -> None:
    given = staged(stage())
    world = world_of(given, FakeSealer(signed=False))
    roll_out(world)
    assert "not signed" in said(world)
    assert given.production.audit[0].signature is None


@pytest.mark.parametrize("down", [False, True])
def test_approvals_are_those_the_gate_counted_with_what_github_still_says(down: bool) -> None:
    given = stage()
    given.github.down = down
    world = world_of(given)
    gate = Gate("approval", open=True, reason="approved by Grace", given_by=("Grace",))
    target = world.settings.target("production")
    progress = Progress(target.name, target.kind, State.APPLIED, gates=(gate,))
    plan = Plan(target.name, pending=(MORE,))
    keep_audit(Audited(target, plan, progress, Journal(), MERGE, (pull(),)), world)
    record = json.loads(given.runner.files[FILE])["record"]
    (leave,) = record["approvals"]
    expected = ("Grace", None, None) if down else ("grace", NUMBER, HEAD)
    assert (leave["login"], leave["pull"], leave["commit"]) == expected


class Unwritable(FakeRunner):
    def file(self, path: str, text: str) -> None:
        raise UsageError("No such folder.", hint="Make it.")
