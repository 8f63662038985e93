"""Apply what is pending on TARGET: under the migration lock, through its gates, after its backup.

Either the whole plan is carried out, or it stops with what happened and what to do next.

\b
  migration-bot apply staging
  migration-bot apply production --dry-run
  migration-bot apply production --expect-digest sha256:…
"""

from dataclasses import replace

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.gate import closed
from bot.errors import ExitCode
from bot.flows.rollout import order_for, plan_details, plan_for
from bot.report.as_json import apply_json, dumps, plan_json
from bot.report.rollout_text import outcome_text, plan_text
from bot.rollout.agreement import require_agreement
from bot.rollout.procedure import roll_out
from bot.world import World


def run(
    world: World, name: str, *, expect_digest: str | None = None, form: str = "text"
) -> ExitCode:
    target = world.settings.target(name)
    outcome = roll_out(order_for(target, world, expect_digest=expect_digest), world)
    progress = outcome.progress(target)
    if form == "json":
        world.console.show(dumps(apply_json(progress)))
    else:
        page = world.console.page
        world.console.show(outcome_text(progress, width=page.width, colour=page.colour))
    return ExitCode.FINE


def stop_at_plan(world: World, name: str, form: str) -> ExitCode:
    """`--dry-run`: stop at the plan, with the exit code that the rollout would end with."""
    plan, gates = plan_for(world.settings.target(name), world)
    if form == "json":
        world.console.show(dumps(plan_json(plan, gates, plan_details(plan, world))))
    else:
        page = world.console.page
        details = plan_details(plan, world)
        world.console.show(
            plan_text(plan, gates, width=page.width, colour=page.colour, details=details)
        )
    require_agreement(plan, world)
    return ExitCode.GATE_CLOSED if closed(gates) else ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--dry-run", is_flag=True, help="Stop at the plan; nothing is changed.")
@click.option(
    "--expect-digest", metavar="sha256:…", help="Refuse to apply any other plan than this one."
)
@click.option(
    "--log",
    metavar="FILE",
    help="Add a line of JSON to FILE for each thing that happens; MIGRATION_BOT_LOG does the same.",
)
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    dry_run: bool,
    expect_digest: str | None,
    log: str | None,
    form: str,
) -> ExitCode:
    world = session.world
    if dry_run:
        return stop_at_plan(world, target, form)
    if log is not None:
        world = replace(world, log=world.log.at(log))
    return run(world, target, expect_digest=expect_digest, form=form)
