"""Look whether targets are what their migrations make, and draft what settles a difference.

What a target has applied is run on a throw-away server, and both schemas are compared: columns,
constraints, functions, policies, owners, grants, comments and all else. Nothing is locked or
written there.

\b
  migration-bot drift                      every target that is configured
  migration-bot drift production           this one, which must answer
  migration-bot drift production --issue   and keep an issue on it, in a job

Where something differs, SQL is drafted in both directions, each tried on a copy: what makes the
target as its migrations say, and the migration that would have made what it has.
"""

from collections.abc import Sequence
from functools import cache

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.drift.look import DriftState, Look
from bot.core.targets.target import Target
from bot.errors import ExitCode
from bot.flows.fleets.tenants import addressed
from bot.flows.reviewing.history import history_of
from bot.flows.targets.drifting import look_at
from bot.flows.telling.drift_issue import keep_issue, require_github
from bot.flows.telling.notify import notify_drift
from bot.report.drift.markdown import drift_markdown
from bot.report.formats.as_json import dumps
from bot.report.formats.drift_as_json import drift_json
from bot.report.terminal.drift import drift_text
from bot.world import World
from bot.world.choosing import world_with


def run(
    worlds: Sequence[World], names: Sequence[str], form: str = "text", *, issue: bool = False
) -> ExitCode:
    """One look a target. A target that was named must answer; others may be unset."""
    if issue:
        require_github(worlds[0])
    by_folder = {world.settings.folder: world for world in worlds}
    history = cache(lambda folder: history_of(by_folder[folder]))
    looks = []
    for target, world in _chosen(worlds, names):
        look = look_at(target, history(world.settings.folder), world, named=bool(names))
        looks.append(look)
        if issue:
            notify_drift(look, keep_issue(look, world), world)
    _show(looks, form, worlds[0])
    return _exit_code(looks)


def _chosen(worlds: Sequence[World], names: Sequence[str]) -> list[tuple[Target, World]]:
    if names:
        return [addressed(each, world_with(each, worlds)) for each in names]
    return [
        (target, world)
        for world in worlds
        for target in world.settings.targets.values()
        if target.fleet is None
    ]


def _show(looks: Sequence[Look], form: str, world: World) -> None:
    if form == "json":
        world.console.show(dumps(drift_json(looks)))
    elif form == "markdown":
        world.console.show(drift_markdown(looks))
    else:
        page = world.console.page
        world.console.show(drift_text(looks, width=page.width, colour=page.colour))
    if world.runner is not None:
        world.runner.summary(drift_markdown(looks))


def _exit_code(looks: Sequence[Look]) -> ExitCode:
    states = {look.state for look in looks}
    if DriftState.DRIFTED in states or any(look.disagrees for look in looks):
        return ExitCode.HISTORY
    if DriftState.UNKNOWN in states:
        return ExitCode.POSTGRES
    return ExitCode.BUSY if DriftState.RUNNING in states else ExitCode.FINE


@click.command(help=__doc__)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@format_option("text", "json", "markdown")
@click.option("--issue", is_flag=True, help="Keep an issue on GitHub for each target.")
@pass_session
def command(session: Session, targets: tuple[str, ...], form: str, issue: bool) -> ExitCode:
    return run(session.worlds, targets, form, issue=issue)
