"""Draft the down.sql of a migration, and prove it on a throw-away server.

The history is run up to before it and up to it; the draft is what leads from the second schema to
the first. It is run there: up, down, identical, up again, identical. What loses rows is marked, and
what no statement was found for is listed. Rows that the migration changes stay as it leaves them.

\b
  migration-bot down 20260101000000_add_orders          show it
  migration-bot down 20260101000000_add_orders --write  write it there
  migration-bot down add_orders --stdout > down.sql     only the script

Only a draft that was proved is written. Exit codes: 0 proved, 1 not; 4 it could not be tried.
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.migrations.migration import DOWN_SCRIPT
from bot.core.schemas.drafted_down import DraftedDown
from bot.errors import ExitCode
from bot.flows.drafting import drafted_down
from bot.report.down_script import down_script
from bot.report.formats.as_json import dumps
from bot.report.formats.down_as_json import down_json
from bot.report.terminal.down import down_text
from bot.world import World


def run(
    world: World,
    name: str,
    *,
    write: bool = False,
    stdout: bool = False,
    force: bool = False,
    form: str = "text",
) -> ExitCode:
    down = drafted_down(name, world)
    wrote = ""
    if write and down.proved and not down.empty:
        world.checkout.put_down(down.migration, down_script(down), overwrite=force)
        wrote = world.checkout.history().path_of(down.migration.name, DOWN_SCRIPT)
    world.console.show(_shown(down, wrote, world, stdout=stdout, form=form))
    return ExitCode.FINE if down.proved else ExitCode.FINDINGS


def _shown(down: DraftedDown, wrote: str, world: World, *, stdout: bool, form: str) -> str:
    if form == "json":
        return dumps(down_json(down, wrote=wrote))
    if stdout:
        return down_script(down)
    page = world.console.page
    return down_text(down, wrote=wrote, width=page.width, colour=page.colour)


@click.command(help=__doc__)
@click.argument("migration")
@click.option("--write", is_flag=True, help="Put down.sql into the migration's folder.")
@click.option("--stdout", is_flag=True, help="Print the script and nothing else.")
@click.option("--force", is_flag=True, help="With --write, also over a down.sql that is there.")
@format_option("text", "json")
@pass_session
def command(
    session: Session, migration: str, write: bool, stdout: bool, force: bool, form: str
) -> ExitCode:
    return run(session.world, migration, write=write, stdout=stdout, force=force, form=form)
