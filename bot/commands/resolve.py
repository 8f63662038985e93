"""Say of one migration that it is applied, or that nothing of it is left; nothing is run.

For what stopped half-way and was mended by hand. The row is the one that `prisma migrate resolve`
writes, so Prisma agrees. A migration that this bot was interrupted in needs neither: `apply` goes
on with it.

\b
  migration-bot resolve staging --applied 20260102000000_more
  migration-bot resolve staging --rolled-back 20260102000000_more

--applied: all that it does is in the database. --rolled-back: nothing of it is, so that the next
`apply` runs it from its beginning.
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.errors import ExitCode, UsageError
from bot.flows.fleets.tenants import addressed
from bot.flows.targets.resolving import resolve_applied, resolve_rolled_back
from bot.report.formats.as_json import dumps
from bot.report.formats.standings_as_json import resolved_json
from bot.report.terminal.resolve import resolved_text
from bot.world import World


def run(
    world: World,
    name: str,
    *,
    applied: str | None = None,
    rolled_back: str | None = None,
    form: str = "text",
) -> ExitCode:
    target, world = addressed(name, world)
    if applied is not None and rolled_back is None:
        resolved = resolve_applied(target, applied, world)
    elif rolled_back is not None and applied is None:
        resolved = resolve_rolled_back(target, rolled_back, world)
    else:
        raise UsageError(
            "A migration is resolved in one of two ways.",
            hint="Give either `--applied NAME` or `--rolled-back NAME`.",
        )
    if form == "json":
        world.console.show(dumps(resolved_json(resolved)))
    else:
        page = world.console.page
        world.console.show(resolved_text(resolved, width=page.width, colour=page.colour))
    return ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--applied", metavar="NAME", help="All of this migration is in the database.")
@click.option("--rolled-back", metavar="NAME", help="Nothing of this migration is; run it again.")
@format_option("text", "json")
@pass_session
def command(
    session: Session, target: str, applied: str | None, rolled_back: str | None, form: str
) -> ExitCode:
    return run(
        session.world_of(target), target, applied=applied, rolled_back=rolled_back, form=form
    )
