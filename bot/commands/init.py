"""Write what a repository needs to begin: its workflows, pinned to a commit, and a configuration.

\b
  migration-bot init                       for the bot that this one is
  migration-bot init --bot acme/migration-bot@0123…   for that copy of it
  migration-bot init --dry-run             what it would write

Where the configuration names several databases, the workflows are for all of them.
"""

from collections.abc import Sequence

import click

from bot.commands.session import Session, pass_session
from bot.core.settings import Settings
from bot.errors import ExitCode
from bot.flows.moving_in import move_in, still_differing
from bot.report.terminal.init import initial_text
from bot.world import World


def run(
    world: World,
    *,
    bot: str | None = None,
    branch: str | None = None,
    folder: str | None = None,
    force: bool = False,
    dry_run: bool = False,
    databases: Sequence[Settings] = (),
) -> ExitCode:
    """Fine if every file holds what it should; otherwise something was left as it is."""
    with world.console.waiting("looking at the repository"):
        pin, laid = move_in(
            world,
            bot=bot,
            branch=branch,
            folder=folder,
            force=force,
            dry_run=dry_run,
            databases=databases,
        )
    world.console.show(initial_text(laid, pin, dry_run=dry_run, databases=databases))
    return ExitCode.FINDINGS if any(still_differing(laid)) else ExitCode.FINE


@click.command(help=__doc__)
@click.option("--bot", metavar="OWNER/NAME@COMMIT", help="The bot that the workflows use.")
@click.option("--branch", metavar="NAME", help="The branch that is deployed.")
@click.option("--force", is_flag=True, help="Also replace files that are there and differ.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@pass_session
def command(
    session: Session, bot: str | None, branch: str | None, force: bool, dry_run: bool
) -> ExitCode:
    configured = [each.settings for each in session.worlds]
    return run(
        session.worlds[0],
        bot=bot,
        branch=branch,
        folder=session.options.migrations,
        force=force,
        dry_run=dry_run,
        databases=[each for each in configured if each.database],
    )
