"""Watch the whole way: a pull request checked, mended, approved, merged, applied, backed up.

Starts two PostgreSQL servers and a GitHub of its own on this machine, needs no network, and leaves
nothing behind.

\b
  migration-bot demo
  migration-bot demo --keep      leave the servers, and say how to connect
"""

import signal
from types import FrameType

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode


@click.command(help=__doc__)
@click.option("--keep", is_flag=True, help="Leave the servers running, and say how to connect.")
@pass_session
def command(session: Session, keep: bool) -> ExitCode:
    # Imported late: nothing else needs the story, nor what it stands on.
    from bot.demo.screen import Screen
    from bot.demo.story import tell

    signal.signal(signal.SIGTERM, _interrupted)
    tell(Screen(colour=session.options.colour), keep=keep)
    return ExitCode.FINE


def _interrupted(number: int, frame: FrameType | None) -> None:
    """A polite end is cleaned up after like Ctrl-C."""
    raise KeyboardInterrupt
