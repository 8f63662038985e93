"""A plan, and what became of a fleet's, for every verb that shows them."""

from collections.abc import Sequence

from bot.core.gates.gate import Gate
from bot.core.log import inert
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.survey import Survey
from bot.core.targets.fleet_outcome import FleetOutcome
from bot.flows.targets.rollout import plan_details
from bot.report.comment.fleet_markdown import render_fleet
from bot.report.comment.plan_markdown import render_plan
from bot.report.formats.as_json import dumps, plan_json
from bot.report.formats.fleet_as_json import survey_json
from bot.report.terminal.fleet import fleet_outcome_text, survey_text
from bot.report.terminal.rollout import plan_text
from bot.world import World


def show_plan(plan: Plan, gates: Sequence[Gate], form: str, world: World) -> None:
    if form == "json":
        world.console.show(dumps(plan_json(plan, gates, plan_details(plan, world))))
    elif form == "markdown":
        world.console.show(render_plan(plan, gates))
    else:
        page, details = world.console.page, plan_details(plan, world)
        said = plan_text(plan, gates, width=page.width, colour=page.colour, details=details)
        world.console.show(said)


def show_fleet_plan(survey: Survey, gates: Sequence[Gate], form: str, world: World) -> None:
    """The tenants first, then what is pending anywhere, as for any other target."""
    page = world.console.page
    if form == "json":
        shown = {**plan_json(survey.plan, gates), "fleet": survey_json(survey)}
        world.console.show(dumps(shown))
    elif form == "markdown":
        world.console.show(render_plan(survey.plan, gates))
    else:
        tenants = survey_text(survey, width=page.width, colour=page.colour)
        plan = plan_text(survey.plan, gates, width=page.width, colour=page.colour)
        world.console.show(f"{tenants}\n{plan}")


def show_fleet_outcome(outcome: FleetOutcome, world: World) -> None:
    """In a job: in its log, where nothing may be taken for a command, and in its summary."""
    page = world.console.page
    said = fleet_outcome_text(outcome, width=page.width, colour=page.colour)
    world.console.show(inert(said))
    if world.runner is not None:
        world.runner.summary(render_fleet(outcome))
