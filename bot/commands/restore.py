"""Put the backup BACKUP of TARGET back. What was written after its snapshot is lost.

It first says what it would do: which writes would be lost and since when, which migrations would
be pending again, whose sessions would be ended. Then the name of the target has to be typed out.

\b
  migration-bot restore production 20261122T1531 --dry-run  what would go?
  migration-bot restore production 20261122T1531            do it
  migration-bot restore production 20261122T1531 --into staging

BACKUP is an id, or how one begins; `migration-bot backups list production` shows them, with the
digest of each. That is compared with the one in the target's audit, or with --digest. Where
recovery points are kept by others (pgBackRest, RDS, …), it is a moment: a time, an LSN or the name
of a restore point. Then the commands are shown that go there, and nothing is done.

What is there now is backed up first. The backup is restored into a new database on the target's
server, and compared with what was saved; only then do the two change places, in one transaction.
The old database is kept, and you are told its name. Killed at any point, the target is as it was or
restored; run it again, and what was left behind is removed. A role that may not create databases
loads it into the one that is there, in one transaction (--how load).

Exit codes: 0 restored, or --dry-run; 2 no such backup, the name not typed, no key; 4 PostgreSQL or
the backup refused, and the target is as it was; 6 it is another database than the target's.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.restores.plan import How, RestorePlan
from bot.core.restores.point_in_time import PointInTime, WayBack
from bot.errors import ExitCode, UsageError
from bot.flows.targets.backups import require_as_written_down
from bot.flows.targets.restoring import carry_out, order_for, require_restorable, way_back_for
from bot.report.formats.as_json import dumps
from bot.report.formats.restore_as_json import restore_json
from bot.report.terminal.restore import restore_plan_text, restored_text, way_back_text
from bot.restoring.order import Order
from bot.restoring.planning import plan_restore
from bot.world import World


@dataclass(frozen=True)
class Agreement:
    """The target's name as the command line says it, if it does; else `ask` asks for it, if
    somebody is there to answer."""

    typed: str | None = None
    ask: Callable[[str], str] | None = None


def run(
    world: World,
    order: Order,
    agreement: Agreement,
    *,
    digest: str | None = None,
    form: str = "text",
) -> ExitCode:
    plan = plan_restore(order, world)
    require_restorable(order, plan, world, digest=digest)
    page = world.console.page
    if form == "text" or agreement.typed is None:
        # A person reads it before agreeing; what machines read comes at the end.
        told = restore_plan_text(plan, width=page.width, colour=page.colour)
        (world.console.show if form == "text" else world.console.say)(told)
    _require_agreement(plan, agreement)
    restored = carry_out(order, plan, world)
    if form == "json":
        world.console.show(dumps(restore_json(plan, restored)))
    else:
        world.console.show(restored_text(restored, width=page.width, colour=page.colour))
    return ExitCode.POSTGRES if restored.problems else ExitCode.FINE


def stop_at_plan(world: World, order: Order, form: str, *, digest: str | None = None) -> ExitCode:
    plan = plan_restore(order, world)
    if digest is not None:
        require_as_written_down(plan.manifest, order.source, world, digest=digest)
    page = world.console.page
    if form == "json":
        world.console.show(dumps(restore_json(plan)))
    else:
        world.console.show(restore_plan_text(plan, width=page.width, colour=page.colour))
    return ExitCode.FINE


def show_way(world: World, order: Order, point: PointInTime, way: WayBack) -> ExitCode:
    """Raises UsageError in the end: somebody who waits for a restore must not believe in one."""
    page = world.console.page
    world.console.show(way_back_text(point, way, width=page.width, colour=page.colour))
    raise UsageError(
        f"{order.source.name} is restored by its own tools, and not by me. Nothing was changed.",
        hint="Run what stands above, then look at it with "
        f"`migration-bot status {order.source.name}`.",
    )


def _require_agreement(plan: RestorePlan, agreement: Agreement) -> None:
    """Raises UsageError unless the very name was typed."""
    typed = agreement.typed
    if typed is None and agreement.ask is not None:
        typed = agreement.ask(f"Type the name of the target to restore it ({plan.target})")
    if typed == plan.target:
        return
    said = "Nobody has typed" if typed is None else f"{typed} was typed, and not"
    raise UsageError(
        f"{said} the name of the target, {plan.target}. Nothing was changed.",
        hint=f"Where nobody can be asked, add `--yes-restore {plan.target}`.",
    )


@click.command(help=__doc__)
@click.argument("target")
@click.argument("backup")
@click.option("--into", metavar="TARGET", help="Put it into this target, and not where it is from.")
@click.option("--dry-run", is_flag=True, help="Say what it would do and lose; change nothing.")
@click.option("--yes-restore", metavar="NAME", help="The target's name, typed out: do not ask.")
@click.option(
    "--how",
    type=click.Choice([each.value for each in How]),
    help="Change places with a restored database, or load into the one that is there.",
)
@click.option(
    "--without-backup", metavar="REASON", default="", help="Do not back up what is there, because."
)
@click.option(
    "--of-another", is_flag=True, help="It is of another database or server, and that is meant."
)
@click.option("--digest", metavar="sha256:…", help="What was written down when it was taken.")
@click.option(
    "--without-owners", is_flag=True, help="Let everything belong to our role; grant nothing."
)
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    backup: str,
    into: str | None,
    dry_run: bool,
    yes_restore: str | None,
    how: str | None,
    without_backup: str,
    of_another: bool,
    digest: str | None,
    without_owners: bool,
    form: str,
) -> ExitCode:
    world = session.world_of(target)
    order = order_for(
        world.settings.target(target),
        backup,
        world,
        into=into,
        how=How(how) if how else None,
        of_another=of_another,
        owners=not without_owners,
        without_backup=without_backup,
    )
    if (found := way_back_for(order, world)) is not None:
        return show_way(world, order, *found)
    if dry_run:
        return stop_at_plan(world, order, form, digest=digest)
    agreement = Agreement(yes_restore, _ask if sys.stdin.isatty() else None)
    return run(world, order, agreement, digest=digest, form=form)


def _ask(question: str) -> str:
    answer: str = click.prompt(question, err=True, default="", show_default=False)
    return answer.strip()
