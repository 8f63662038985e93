"""Write how big the tables of TARGET are: rows estimated, bytes, writes a second; no data.

Nothing is changed, locked or scanned: the server's own catalogue and counters are read, which any
role may do that can connect.

\b
  migration-bot stats production                to standard output
  migration-bot stats production --output .github/migration-bot-stats.json
  migration-bot stats production --format text  to be read by people
  migration-bot stats production --columns --output sizes.json
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.rehearsals.sizes_file import dump
from bot.errors import ExitCode
from bot.flows.reviewing.sizes import live_sizes
from bot.report.terminal.sizes import sizes_text
from bot.world import World


def run(
    world: World, name: str, *, output: str | None = None, form: str = "json", columns: bool = False
) -> ExitCode:
    sizes = live_sizes(world, name, columns=columns)
    if output is not None:
        world.files.write(output, dump(sizes))
        world.console.say(f"{output}: {len(sizes.relations):,} relations of {sizes.target}")
    elif form == "json":
        world.console.show(dump(sizes))
    else:
        page = world.console.page
        world.console.show(sizes_text(sizes, width=page.width, colour=page.colour))
    return ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--output", metavar="FILE", help="Write the JSON there, and not to the screen.")
@click.option(
    "--columns",
    is_flag=True,
    help="Also each column's fraction of NULLs, count of different values, and average width.",
)
@format_option("json", "text")
@pass_session
def command(
    session: Session, target: str, output: str | None, columns: bool, form: str
) -> ExitCode:
    return run(session.world_of(target), target, output=output, form=form, columns=columns)
