"""Applying what is pending to one target, in a job of GitHub's."""

import json
from dataclasses import replace

from bot.core.github.request import ApplyRequest
from bot.core.log import inert
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan, digest_of
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.fleet import Shard
from bot.core.targets.target import Target
from bot.errors import BotError, UsageError
from bot.fleet.waves import read_shard
from bot.flows.asked.outputs import set_outputs
from bot.flows.fleets.rolling import roll_out_shown
from bot.flows.fleets.tenants import slices_of
from bot.flows.gating.gates import gates_ahead
from bot.flows.targets.forecasting import later_forecasts
from bot.flows.telling.audit import Audited, keep_audit
from bot.flows.telling.deploy import deploy
from bot.report.comment.plan_markdown import render_plan
from bot.report.escape import fence
from bot.report.terminal.rollout import gates_text, outcome_text
from bot.world import World

TARGET_VARIABLE = "MIGRATION_BOT_TARGET"
SHARD_VARIABLE = "MIGRATION_BOT_SHARD"
DIGEST_VARIABLE = "MIGRATION_BOT_EXPECT_DIGEST"
EVERYTHING = "all"


def is_slice(world: World) -> bool:
    """Whether this job has a slice of a fleet, beside others of its kind."""
    return world.environ.get(SHARD_VARIABLE, "") not in ("", EVERYTHING)


def apply_part(request: ApplyRequest, world: World) -> bool:
    """Apply what this job is there for; whether other jobs have to go on with the fleet."""
    assert world.runner is not None
    name = world.environ.get(TARGET_VARIABLE, "")
    if not name:
        raise UsageError(
            f"{TARGET_VARIABLE} is not set, so there is no target to apply to.",
            hint="Give the action the input `target`, such as `target: staging`.",
        )
    target = world.settings.target(name)
    shard = world.environ.get(SHARD_VARIABLE, "")
    if is_slice(world):
        _apply_shard(target, read_shard(shard, None), request.head, world)
        return True
    shards = () if shard or target.fleet is None else slices_of(target, world)
    first = Shard(0, len(shards)) if len(shards) > 1 else None
    try:
        progress = deploy(
            target,
            request.head,
            world,
            shard=first,
            expect_digest=_expected(world, shard),
            news=lambda stopped: _stopped(stopped, world),
        )
    except BotError as error:
        world.runner.summary(fence(f"error: {error.message}\nhint:  {error.hint}"))
        raise
    page = world.console.page
    said = outcome_text(progress, width=page.width, colour=page.colour)
    world.console.show(inert(said))
    world.runner.summary(fence(said))
    _reached(replace(progress, state=State.APPLYING) if first else progress, world)
    if first:
        set_outputs(world, shards=json.dumps([str(each) for each in shards]))
    else:
        _foretell(target, world)
    return first is not None


def _stopped(progress: Progress, world: World) -> None:
    assert world.runner is not None
    _reached(progress, world)
    if progress.gates:
        world.runner.summary(fence(gates_text(progress.gates)))


def _reached(progress: Progress, world: World) -> None:
    set_outputs(
        world,
        state=progress.state.value,
        digest=progress.digest or "",
        applied=json.dumps(list(progress.migrations)),
    )


def _expected(world: World, shard: str) -> str | None:
    """The digest that was foretold. What others have left of a fleet is no plan of its own."""
    return None if shard else world.environ.get(DIGEST_VARIABLE) or None


def _foretell(target: Target, world: World) -> None:
    """What the targets to come would run: shown to whoever lets their jobs run, and handed to
    those, which run that or nothing."""
    assert world.runner is not None
    digests: dict[str, str] = {}
    for each in later_forecasts(target, world):
        if each.pending is None:
            world.console.say(f"what {each.target} would run is not foretold: {each.why}")
        elif each.pending:
            later = world.settings.target(each.target)
            gates = gates_ahead(later, each.pending, world)
            world.runner.summary(render_plan(Plan(each.target, each.pending), gates))
            digests[each.target] = digest_of(each.pending)
    if digests:
        set_outputs(world, **{"forecast-digests": json.dumps(digests)})


def _apply_shard(target: Target, shard: Shard, commit: str, world: World) -> None:
    """A slice of a fleet, in a job of a matrix; the job after it tells what became of all."""
    assert world.runner is not None
    try:
        progress = roll_out_shown(target, world, shard=shard)
    except BotError as error:
        world.runner.summary(fence(f"error: {error.message}\nhint:  {error.hint}"))
        raise
    _reached(progress, world)
    keep_audit(Audited(target, _got(progress, world), progress, Journal(), commit), world)
    set_outputs(world, audit_part=f"-{shard.index}-of-{shard.count}")


def _got(progress: Progress, world: World) -> Plan:
    """What a slice had to do, now that it is done. What is left of one that was stopped, the job
    after it does and writes down."""
    history = world.checkout.history().migrations
    return Plan(
        progress.target, tuple(each for each in history if each.name in progress.migrations)
    )
