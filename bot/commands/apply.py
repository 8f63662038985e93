"""Apply what is pending on TARGET: under the migration lock, through its gates, after its backup.

Either the whole plan is carried out, or it stops with what happened and what to do next.

\b
  migration-bot apply staging
  migration-bot apply production --dry-run
  migration-bot apply production --expect-digest sha256:…
"""

import click

from bot.commands.session import (
    Session,
    dry_run_option,
    expect_digest_option,
    format_option,
    log_option,
    logged,
    pass_session,
)
from bot.core.gates.gate import closed
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress
from bot.core.targets.fleet import Shard
from bot.core.targets.target import Target
from bot.errors import BotError, ExitCode, UsageError
from bot.fleet.waves import INDEX_VARIABLE, read_shard
from bot.flows.fleets.rolling import roll_out_fleet
from bot.flows.targets.rollout import fleet_plan_for, order_for, plan_for
from bot.flows.targets.showing import show_fleet_plan, show_plan
from bot.flows.telling.audit import Audited, keep_audit
from bot.flows.telling.deploy import stopped
from bot.report.formats.as_json import apply_json, dumps
from bot.report.formats.fleet_as_json import fleet_outcome_json
from bot.report.terminal.fleet import fleet_outcome_text
from bot.report.terminal.rollout import outcome_text
from bot.rollout.preflight.agreement import require_agreement
from bot.rollout.procedure import Order, roll_out
from bot.world import World


def run(
    world: World,
    name: str,
    *,
    expect_digest: str | None = None,
    form: str = "text",
    shard: str | None = None,
) -> ExitCode:
    target = world.settings.target(name)
    if target.fleet is not None:
        part = read_shard(shard, world.environ.get(INDEX_VARIABLE)) if shard else None
        return _run_fleet(target, world, part, expect_digest=expect_digest, form=form)
    if shard is not None:
        raise UsageError(
            f"{name} is one database: it has no shards.",
            hint="Leave --shard out, or say under `fleet:` where its tenants are listed.",
        )
    progress = _rolled_out(order_for(target, world, expect_digest=expect_digest), world)
    if form == "json":
        world.console.show(dumps(apply_json(progress)))
    else:
        page = world.console.page
        world.console.show(outcome_text(progress, width=page.width, colour=page.colour))
    return ExitCode.FINE


def _rolled_out(order: Order, world: World) -> Progress:
    """Carried out, and written down however it ended."""
    target, journal = order.target, order.journal
    try:
        progress = roll_out(order, world).progress(target)
    except BotError as error:
        digest = journal.plan.digest if journal.plan else None
        here = Progress(target.name, target.kind, digest=digest)
        ended = stopped(here, error, journal, target, world)
        keep_audit(Audited(target, Plan(target.name), ended, journal, error=error), world)
        raise
    keep_audit(Audited(target, Plan(target.name), progress, journal), world)
    return progress


def _run_fleet(
    target: Target, world: World, shard: Shard | None, *, expect_digest: str | None, form: str
) -> ExitCode:
    """Every tenant is told of in the result, so that a failure of one is no error of the run."""
    outcome = roll_out_fleet(target, world, shard=shard, expect_digest=expect_digest)
    if form == "json":
        shown = {**apply_json(outcome.progress(target)), "fleet": fleet_outcome_json(outcome)}
        world.console.show(dumps(shown))
    else:
        page = world.console.page
        world.console.show(fleet_outcome_text(outcome, width=page.width, colour=page.colour))
    return outcome.exit_code


def stop_at_plan(world: World, name: str, form: str) -> ExitCode:
    """`--dry-run`: stop at the plan, with the exit code that the rollout would end with."""
    target = world.settings.target(name)
    if target.fleet is not None:
        survey, gates = fleet_plan_for(target, world)
        show_fleet_plan(survey, gates, form, world)
        if survey.problem is not None:
            raise survey.problem
        return ExitCode.GATE_CLOSED if closed(gates) else ExitCode.FINE
    plan, gates = plan_for(target, world)
    show_plan(plan, gates, form, world)
    require_agreement(plan, world)
    return ExitCode.GATE_CLOSED if closed(gates) else ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@dry_run_option
@expect_digest_option
@click.option(
    "--shard",
    metavar="I/N",
    help="Of a fleet: the I-th of N slices of its last wave; 0/N, the waves before it.",
)
@log_option
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    dry_run: bool,
    expect_digest: str | None,
    shard: str | None,
    log: str | None,
    form: str,
) -> ExitCode:
    world = session.world_of(target)
    if dry_run:
        return stop_at_plan(world, target, form)
    return run(logged(world, log), target, expect_digest=expect_digest, form=form, shard=shard)
