"""Mark every migration up to NAME as applied on a database that has what they make already.

For a database that was there before its history (Prisma answers P3005), for one that has part of
it, and for a squash: the one migration that replaces those that are applied. Nothing is run. Where
a server can be started, the schema is compared first with what these migrations make; if it
differs, or was not compared, you are asked, and --yes is the answer where nobody can be.

\b
  migration-bot baseline production --to 20260102000000_more --dry-run
  migration-bot baseline production --to 20260102000000_more
  migration-bot baseline production --to 000000000000_squashed_migrations
"""

import sys
from collections.abc import Callable
from functools import partial

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.rollouts.resolution import Baseline
from bot.errors import ExitCode, HistoryError
from bot.flows.fleets.tenants import addressed
from bot.flows.targets.baselining import baseline, look_ahead
from bot.report.formats.as_json import dumps
from bot.report.formats.standings_as_json import baseline_json
from bot.report.terminal.resolve import baseline_text
from bot.world import World


def run(
    world: World,
    name: str,
    to: str,
    *,
    ask: Callable[[str], bool] | None = None,
    yes: bool = False,
    dry_run: bool = False,
    form: str = "text",
) -> ExitCode:
    """`ask` puts a question to whoever is there; None if nobody is."""
    target, world = addressed(name, world)

    def agree(found: Baseline) -> bool:
        if yes or ask is None:
            return yes
        world.console.show(_text(found, world))
        return ask(f"Mark them as applied on {target.name} all the same?")

    found = look_ahead(target, to, world) if dry_run else baseline(target, to, world, agree)
    world.console.show(dumps(baseline_json(found)) if form == "json" else _text(found, world))
    if found.done or not found.marked or (dry_run and found.check.same):
        return ExitCode.FINE
    if dry_run:
        return ExitCode.HISTORY
    raise _unconfirmed(found)


def _text(found: Baseline, world: World) -> str:
    page = world.console.page
    return baseline_text(found, width=page.width, colour=page.colour)


def _unconfirmed(found: Baseline) -> HistoryError:
    why = "was not compared" if found.check.problem else "differs"
    return HistoryError(
        f"Nothing was marked on {found.target}: its schema {why}.",
        hint="Bring the schema in line first, or choose another migration for --to. If it is right "
        "as it is, say `--yes`.",
    )


@click.command(help=__doc__)
@click.argument("target")
@click.option("--to", metavar="NAME", required=True, help="The last migration that it has.")
@click.option("--dry-run", is_flag=True, help="Compare, say what would be marked, and stop.")
@click.option("--yes", is_flag=True, help="Mark them even if the schema differs.")
@format_option("text", "json")
@pass_session
def command(
    session: Session, target: str, to: str, dry_run: bool, yes: bool, form: str
) -> ExitCode:
    ask = partial(click.confirm, err=True) if sys.stdin.isatty() and form == "text" else None
    return run(session.world_of(target), target, to, ask=ask, yes=yes, dry_run=dry_run, form=form)
