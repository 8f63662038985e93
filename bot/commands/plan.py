"""Show what a rollout would do to TARGET: pending migrations, gates, and the plan digest.

\b
  migration-bot plan staging                    what is pending, which gates
  migration-bot plan production --format json   for machines: plan.schema.json
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.errors import ExitCode
from bot.flows.targets.rollout import fleet_plan_for, plan_for
from bot.flows.targets.showing import show_fleet_plan, show_plan
from bot.world import World


def run(world: World, name: str, form: str = "text") -> ExitCode:
    target = world.settings.target(name)
    if target.fleet is not None:
        survey, gates = fleet_plan_for(target, world)
        show_fleet_plan(survey, gates, form, world)
        return survey.problem.exit_code if survey.problem else ExitCode.FINE
    plan, gates = plan_for(target, world)
    show_plan(plan, gates, form, world)
    return ExitCode.FINE if plan.agrees else ExitCode.HISTORY


@click.command(help=__doc__)
@click.argument("target")
@format_option("text", "json", "markdown")
@pass_session
def command(session: Session, target: str, form: str) -> ExitCode:
    return run(session.world_of(target), target, form)
