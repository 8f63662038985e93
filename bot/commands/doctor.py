"""Find what is wrong with access, versions, privileges and secrets, and how to mend it.

Looks at this machine, the checkout, the configuration, each target whose variable is set here, and
GitHub, where GITHUB_TOKEN and GITHUB_REPOSITORY say which repository. Nothing is changed; what is
written to try a store of backups is removed again.

\b
  migration-bot doctor                  everything that is configured here
  migration-bot doctor production       of the targets only this one
  migration-bot doctor --format json    the same for a program

Ends with 1 if something must be mended, and with 0 if all else is only worth a look.
"""

from collections.abc import Sequence

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.doctor.check import Examination, Trouble
from bot.errors import ExitCode, UsageError
from bot.flows.examining import examine
from bot.flows.fleets.tenants import addressed
from bot.report.escape import fence
from bot.report.formats.as_json import dumps
from bot.report.formats.doctor_as_json import doctor_json
from bot.report.terminal.doctor import doctor_text
from bot.world import World

SUMMARY_WIDTH = 100


def run(session: Session, names: Sequence[str], form: str = "text") -> ExitCode:
    try:
        worlds, trouble = session.worlds, None
    except UsageError as error:
        worlds, trouble = session.bare_worlds, Trouble.of(error)
    asked = [] if trouble else [addressed(name, session.world_of(name)) for name in names]
    world = worlds[0]
    with world.console.waiting("looking at everything"):
        found = examine(worlds, file=session.options.config, asked=asked, trouble=trouble)
    _show(found, world, form)
    return ExitCode.FINE if found.fine else ExitCode.FINDINGS


def _show(found: Examination, world: World, form: str) -> None:
    if form == "json":
        world.console.show(dumps(doctor_json(found)))
    else:
        page = world.console.page
        world.console.show(doctor_text(found, width=page.width, colour=page.colour))
    if world.runner is not None:
        world.runner.summary(fence(doctor_text(found, width=SUMMARY_WIDTH, colour=False)))


@click.command(help=__doc__)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@format_option("text", "json")
@pass_session
def command(session: Session, targets: tuple[str, ...], form: str) -> ExitCode:
    return run(session, targets, form)
