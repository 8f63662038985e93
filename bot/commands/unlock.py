"""End the session that holds the migration lock of TARGET, because its rollout is dead.

Nobody has to unlock after a crash: the lock belongs to a session, and the server ends that when it
notices that its client is gone. This is for when it does not: a machine that vanished without a
word, or a pooler that keeps the session of a client that is gone.

It shows who holds the lock and since when, and asks. Then what the session is doing is cancelled,
and if that is not enough, the session is ended. Only sessions that hold the lock are ended. A
rollout that is alive comes back: stop its process first.

\b
  migration-bot unlock staging          show the holder, and ask
  migration-bot unlock staging --yes    do not ask

Exit codes: 0 the lock is free, or was left as it is; 2 it has to be asked and nobody is there; 4
PostgreSQL refused, or the session does not end.
"""

import sys

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode, UsageError
from bot.flows.fleets.tenants import addressed
from bot.flows.targets.unlocking import unlock
from bot.world import World


def run(world: World, name: str, *, yes: bool = False, asked: bool = False) -> ExitCode:
    """`asked` says that somebody is there to answer."""
    target, world = addressed(name, world)

    def agree() -> bool:
        if yes:
            return True
        if not asked:
            raise UsageError(
                f"Nobody is here to agree that this session of {name} is ended.",
                hint=f"`migration-bot unlock {name} --yes` ends it without asking.",
            )
        return click.confirm("End it?", err=True)

    unlock(target, world, agree)
    return ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--yes", is_flag=True, help="End it without asking.")
@pass_session
def command(session: Session, target: str, yes: bool) -> ExitCode:
    return run(session.world_of(target), target, yes=yes, asked=sys.stdin.isatty())
