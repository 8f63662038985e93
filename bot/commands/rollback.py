"""Take migrations back that TARGET has applied, the newest first.

Each by its down.sql; where nobody wrote one, by a draft that has just been seen to lead back on a
throw-away server. Gates, lock, backup and engine are those of `apply`: killed at any moment, run
the same again. What only a backup brings back is refused.

\b
  migration-bot rollback staging --steps 1 --dry-run
  migration-bot rollback production --to 20260101000000_init

--to: the last that stays applied. --steps: so many, counted from the newest that is applied now;
after an interruption name the last that stays instead.
"""

import click

from bot.commands.session import (
    Session,
    dry_run_option,
    expect_digest_option,
    format_option,
    log_option,
    logged,
    pass_session,
)
from bot.core.gates.gate import closed
from bot.core.rollouts.rollback_steps import Rollback
from bot.errors import ExitCode
from bot.flows.fleets.tenants import addressed
from bot.flows.targets.rolling_back import require_possible, rollback_for
from bot.flows.telling.rolled_back import roll_back_told
from bot.report.formats.as_json import dumps
from bot.report.formats.rollback_as_json import rollback_json, rolled_back_json
from bot.report.terminal.rollback import rollback_text, rolled_back_text
from bot.world import World


def run(
    world: World,
    name: str,
    *,
    to: str | None = None,
    steps: int | None = None,
    dry_run: bool = False,
    expect_digest: str | None = None,
    form: str = "text",
) -> ExitCode:
    target, world = addressed(name, world)
    rollback = rollback_for(target, world, to=to, steps=steps)
    if dry_run:
        return _shown(rollback, form, world)
    progress = roll_back_told(rollback, world, expect_digest=expect_digest)
    if form == "json":
        world.console.show(dumps(rolled_back_json(rollback, progress)))
    else:
        page = world.console.page
        said = rolled_back_text(rollback, progress, width=page.width, colour=page.colour)
        world.console.show(said)
    return ExitCode.FINE


def _shown(rollback: Rollback, form: str, world: World) -> ExitCode:
    """`--dry-run`: stop at the plan, with the exit code that the rollback would end with."""
    if form == "json":
        world.console.show(dumps(rollback_json(rollback)))
    else:
        page = world.console.page
        world.console.show(rollback_text(rollback, width=page.width, colour=page.colour))
    require_possible(rollback, world.now())
    return ExitCode.GATE_CLOSED if closed(rollback.gates) else ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--to", metavar="MIGRATION", help="The last that stays applied.")
@click.option("--steps", metavar="N", type=int, help="Take back so many, the newest first.")
@dry_run_option
@expect_digest_option
@log_option
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    to: str | None,
    steps: int | None,
    dry_run: bool,
    expect_digest: str | None,
    log: str | None,
    form: str,
) -> ExitCode:
    return run(
        logged(session.world_of(target), log),
        target,
        to=to,
        steps=steps,
        dry_run=dry_run,
        expect_digest=expect_digest,
        form=form,
    )
