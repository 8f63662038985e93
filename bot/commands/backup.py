"""Back up TARGET, restore the backup into a throw-away server, and compare the two.

\b
  migration-bot backup production               and say how far it is proved
"""

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode
from bot.report.terminal.rollout import backup_text
from bot.world import World


def run(world: World, name: str) -> ExitCode:
    backup = world.backups.take(world.settings.target(name), world.console.say)
    if world.telemetry.wanted:
        world.telemetry.backed_up(name, backup, world.now())
    page = world.console.page
    world.console.show(backup_text(backup, width=page.width, colour=page.colour))
    return ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@pass_session
def command(session: Session, target: str) -> ExitCode:
    return run(session.world_of(target), target)
