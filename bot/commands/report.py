"""Write everything that is known as pages: one folder of files that opens anywhere.

The state of every target, each migration with its SQL, findings and way back, rollouts, backups,
drift, the schema. Nothing is changed, and nothing on the pages asks anybody: they work from a disk,
as an artifact, and on GitHub Pages.

\b
  migration-bot report --html site             what can be had in seconds
  migration-bot report --html site --rehearse  also what each statement does
  migration-bot report --html site --drift     also what was changed by hand

A target that cannot be reached, or has no connection string here, is told as such, and all else is
shown. The folder is written anew each time; one that holds other files is left alone.
"""

from collections.abc import Sequence

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode
from bot.flows.boarding.gather import Asked, board_of
from bot.world import World


def run(worlds: Sequence[World], folder: str, asked: Asked) -> ExitCode:
    """Fine also where findings block, or a target does not answer: that is what the pages say."""
    from bot.report.pages.site import site

    world = worlds[0]
    boards = [board_of(each, asked) for each in worlds]
    with world.console.waiting("drawing the pages"):
        written = world.files.write_folder(folder, dict(site(boards, world.clean)))
    for each in dict.fromkeys(each for board in boards for each in board.all_unread):
        if each.asked:
            world.console.say(f"not on the pages: {each.what}: {each.why.rstrip('.')}")
    size = sum(written.values())
    world.console.show(f"{len(written):,} files, {size / 1e6:.1f} MB: {folder}/index.html")
    return ExitCode.FINE


@click.command(help=__doc__)
@click.option("--html", "folder", metavar="DIR", required=True, help="Where to write the pages.")
@click.option(
    "--rehearse", is_flag=True, help="Also run the whole history on a throw-away PostgreSQL."
)
@click.option("--drift", is_flag=True, help="Also look for drift; takes a few seconds each.")
@pass_session
def command(session: Session, folder: str, rehearse: bool, drift: bool) -> ExitCode:
    return run(session.worlds, folder, Asked(rehearse=rehearse, drift=drift))
