"""Inside GitHub Actions: read the event, and do what it asks.

A pull request is checked and its comment kept. A push to the default branch, or a dispatch, is
applied to the target that MIGRATION_BOT_TARGET names. Of a fleet too large for one job, the first
applies all waves but the last and sets the output `shards`: MIGRATION_BOT_SHARD is one of them in
each job of the matrix, and `all` in the job after it.

\b
  migration-bot github          as action.yml runs it
"""

import json
from collections.abc import Mapping
from typing import Any

import click

from bot.commands.session import Session, pass_session
from bot.core.event import ApplyRequest, CheckRequest, request_of
from bot.core.finding import Verdict
from bot.core.fleet import Shard
from bot.core.log import inert
from bot.core.progress import State
from bot.core.review import Review
from bot.core.target import Target
from bot.errors import BotError, ExitCode, UsageError
from bot.fleet.waves import read_shard
from bot.flows.comment import finished, keep_comment, report_after_merge, report_on
from bot.flows.deploy import deploy
from bot.flows.fleets.rolling import roll_out_shown
from bot.flows.fleets.tenants import slices_of
from bot.flows.rehearsal import rehearsed
from bot.flows.review import review_change
from bot.flows.suggest import keep_suggestions
from bot.report.annotations import annotations
from bot.report.as_json import dumps
from bot.report.escape import fence
from bot.report.markdown import render_markdown
from bot.report.report import Report
from bot.report.rollout_text import outcome_text
from bot.report.sarif import sarif_json
from bot.report.text import check_text
from bot.rules import RULES
from bot.world import World

TARGET_VARIABLE = "MIGRATION_BOT_TARGET"
SHARD_VARIABLE = "MIGRATION_BOT_SHARD"
EVERYTHING = "all"
SARIF_VARIABLE = "MIGRATION_BOT_SARIF"


def run(world: World, event: str, payload: Mapping[str, Any], sha: str) -> ExitCode:
    request = request_of(event, payload, sha=sha)
    _require_checked_out(request, sha, world)
    if isinstance(request, CheckRequest):
        return check(request, world)
    return apply(request, world)


def _require_checked_out(request: CheckRequest | ApplyRequest, sha: str, world: World) -> None:
    """What is judged, or applied, must be what the event is about."""
    head = world.checkout.head()
    if head not in (request.head, sha):
        raise UsageError(
            f"The checkout is at {head[:12]}, and the event is about {request.head[:12]}.",
            hint="Let actions/checkout take the commit of the event, and change nothing after it.",
        )


def check(request: CheckRequest, world: World) -> ExitCode:
    """Judge what the pull request adds; tell the log, the job and the pull request, in that order.

    The verdict stands even if the comment cannot be written.
    """
    assert world.runner is not None
    change = world.checkout.change(None, world.now())
    review = review_change(change, world)
    if world.settings.rehearsal.enabled:
        review = rehearsed(review, change, world)
    page = world.console.page
    world.console.show(inert(check_text(review, width=page.width, colour=page.colour)))
    world.runner.log(annotations(review.all_findings))
    world.runner.summary(render_markdown(Report(review, run=world.runner.run(request.head))))
    counted = [each for each in review.all_findings if each.allowed is None]
    _outputs(
        world,
        verdict=review.verdict.value,
        digest=review.digest,
        findings=str(len(counted)),
    )
    if path := world.environ.get(SARIF_VARIABLE):
        world.runner.file(path, dumps(sarif_json(review, RULES)))
    if request.pull is not None:
        _comment(request, review, world)
    return ExitCode.FINDINGS if review.verdict is Verdict.BLOCK else ExitCode.FINE


def _comment(request: CheckRequest, review: Review, world: World) -> None:
    assert request.pull is not None
    if request.fork or world.github is None:
        why = "it comes from a fork, whose runs may only read" if request.fork else "no token"
        world.console.say(f"no comment on #{request.pull} ({why}): see the job's summary")
        return
    pull = world.github.pull(request.pull)
    if pull.merged:
        # Compared with a base that has them already, the branch would seem to bring nothing.
        report = report_after_merge(pull, world)
        keep_comment(report, world, news=not finished(report))
    else:
        keep_comment(report_on(pull, review, world, commit=request.head), world)
        keep_suggestions(pull, review, world, commit=request.head)


def apply(request: ApplyRequest, world: World) -> ExitCode:
    assert world.runner is not None
    name = world.environ.get(TARGET_VARIABLE, "")
    if not name:
        raise UsageError(
            f"{TARGET_VARIABLE} is not set, so there is no target to apply to.",
            hint="Give the action the input `target`, such as `target: staging`.",
        )
    target = world.settings.target(name)
    shard = world.environ.get(SHARD_VARIABLE, "")
    if shard and shard != EVERYTHING:
        return _apply_shard(target, read_shard(shard, None), world)
    shards = () if shard or target.fleet is None else slices_of(target, world)
    first = Shard(0, len(shards)) if len(shards) > 1 else None
    try:
        progress = deploy(target, request.head, world, shard=first)
    except BotError as error:
        world.runner.summary(fence(f"error: {error.message}\nhint:  {error.hint}"))
        raise
    page = world.console.page
    said = outcome_text(progress, width=page.width, colour=page.colour)
    world.console.show(inert(said))
    world.runner.summary(fence(said))
    state = State.APPLYING if first else progress.state
    _outputs(world, state=state.value, digest=progress.digest or "")
    if first:
        _outputs(world, shards=json.dumps([str(each) for each in shards]))
    return ExitCode.FINE


def _apply_shard(target: Target, shard: Shard, world: World) -> ExitCode:
    """A slice of a fleet, in a job of a matrix; the job after it tells what became of all."""
    assert world.runner is not None
    try:
        progress = roll_out_shown(target, world, shard=shard)
    except BotError as error:
        world.runner.summary(fence(f"error: {error.message}\nhint:  {error.hint}"))
        raise
    _outputs(world, state=progress.state.value, digest=progress.digest or "")
    return ExitCode.FINE


def _outputs(world: World, **outputs: str) -> None:
    assert world.runner is not None
    for name, value in outputs.items():
        world.runner.output(name, value)


@click.command(help=__doc__)
@pass_session
def command(session: Session) -> ExitCode:
    world = session.world
    if world.runner is None:
        raise UsageError(
            "GITHUB_ACTIONS is not set: `migration-bot github` runs inside GitHub Actions.",
            hint="At a terminal use `migration-bot check` or `migration-bot apply TARGET`.",
        )
    event = world.runner.event()
    return run(world, event.name, event.payload, event.sha)
