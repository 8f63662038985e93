"""Apply what is pending on TARGET: under the migration lock, through its gates, after its backup.

Either the whole plan is carried out, or it stops with what happened and what to do next.

Of a development target the database is made if it is not there. Afterwards the generate hook of the
configuration is run, and with --seed the seed. Staging and production have neither: their
database is never made and never seeded, and nothing but the migrations changes it.

\b
  migration-bot apply development --seed
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
    generate_option,
    log_option,
    logged,
    pass_session,
)
from bot.core.gates.gate import closed
from bot.core.targets.fleet import Shard
from bot.core.targets.hooks import Wishes
from bot.core.targets.target import Target
from bot.errors import ExitCode, UsageError
from bot.fleet.waves import INDEX_VARIABLE, read_shard
from bot.flows.fleets.rolling import roll_out_fleet
from bot.flows.targets.carrying_out import carried_out
from bot.flows.targets.creating import create_missing
from bot.flows.targets.hooking import require_run, run_hooks, wishes_for
from bot.flows.targets.rollout import fleet_plan_for, order_for, plan_for
from bot.flows.targets.showing import show_fleet_plan, show_plan
from bot.report.formats.as_json import apply_json, dumps
from bot.report.formats.development_as_json import development_json
from bot.report.formats.fleet_as_json import fleet_outcome_json
from bot.report.terminal.development import development_text
from bot.report.terminal.fleet import fleet_outcome_text
from bot.report.terminal.rollout import outcome_text
from bot.rollout.preflight.agreement import require_agreement
from bot.world import World


def run(
    world: World,
    name: str,
    *,
    expect_digest: str | None = None,
    form: str = "text",
    shard: str | None = None,
    generate: bool | None = None,
    seed: bool = False,
) -> ExitCode:
    target = world.settings.target(name)
    wishes = wishes_for(target, world, generate=generate, seed=seed)
    if target.fleet is not None:
        part = read_shard(shard, world.environ.get(INDEX_VARIABLE)) if shard else None
        return _run_fleet(target, world, part, wishes, expect_digest=expect_digest, form=form)
    if shard is not None:
        raise UsageError(
            f"{name} is one database: it has no shards.",
            hint="Leave --shard out, or say under `fleet:` where its tenants are listed.",
        )
    order = order_for(target, world, expect_digest=expect_digest)
    created = create_missing(target, world)
    progress = carried_out(order, world)
    runs = run_hooks(target, wishes, world)
    if form == "json":
        shown = {**apply_json(progress), **development_json(created, runs)}
        world.console.show(dumps(shown))
    else:
        page = world.console.page
        told = outcome_text(progress, width=page.width, colour=page.colour)
        more = development_text(created, runs, width=page.width, colour=page.colour)
        world.console.show(told + more)
    require_run(runs, target)
    return ExitCode.FINE


def _run_fleet(
    target: Target,
    world: World,
    shard: Shard | None,
    wishes: Wishes,
    *,
    expect_digest: str | None,
    form: str,
) -> ExitCode:
    """Every tenant is told of in the result, so that a failure of one is no error of the run."""
    outcome = roll_out_fleet(target, world, shard=shard, expect_digest=expect_digest)
    runs = run_hooks(target, wishes, world) if outcome.exit_code is ExitCode.FINE else ()
    if form == "json":
        shown = {
            **apply_json(outcome.progress(target)),
            **development_json(None, runs),
            "fleet": fleet_outcome_json(outcome),
        }
        world.console.show(dumps(shown))
    else:
        page = world.console.page
        told = fleet_outcome_text(outcome, width=page.width, colour=page.colour)
        more = development_text(None, runs, width=page.width, colour=page.colour)
        world.console.show(told + more)
    require_run(runs, target)
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
@generate_option
@click.option("--seed", is_flag=True, help="Fill it afterwards; development only.")
@log_option
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    dry_run: bool,
    expect_digest: str | None,
    shard: str | None,
    generate: bool | None,
    seed: bool,
    log: str | None,
    form: str,
) -> ExitCode:
    world = session.world_of(target)
    if dry_run:
        return stop_at_plan(world, target, form)
    return run(
        logged(world, log),
        target,
        expect_digest=expect_digest,
        form=form,
        shard=shard,
        generate=generate,
        seed=seed,
    )
