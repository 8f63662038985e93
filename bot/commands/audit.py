"""Check a signed record of a rollout, or list those that a target keeps.

\b
  migration-bot audit list production           the rollouts it remembers
  migration-bot audit verify audit.json --key audit-key.pub   is it as signed?

A record is what a rollout wrote to MIGRATION_BOT_AUDIT. A changed or unsigned one ends with 1.
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.rollouts.audit import sealed_in
from bot.errors import ExitCode, UsageError
from bot.report.formats.as_json import dumps
from bot.report.formats.audit_as_json import records_json, verified_json
from bot.report.terminal.audit import records_text, verified_text
from bot.world import World


def verify(world: World, path: str, key: str, form: str = "text") -> ExitCode:
    """`key` is a file with the public key."""
    assert world.sealer is not None
    sealed = sealed_in(world.files.read(path), path=path)
    problem = world.sealer.verify(sealed, world.files.read(key))
    if form == "json":
        world.console.show(dumps(verified_json(sealed, problem)))
    else:
        page = world.console.page
        world.console.show(verified_text(sealed, problem, width=page.width, colour=page.colour))
    return ExitCode.FINDINGS if problem else ExitCode.FINE


def show(world: World, name: str, most: int, form: str = "text") -> ExitCode:
    target = world.settings.target(name)
    if target.fleet is not None:
        raise UsageError(
            f"{name} is a fleet: its rollouts are written down as files only.",
            hint="Look at the artifacts of its deploy runs.",
        )
    with (
        world.connect(target) as database,
        world.console.waiting(f"reading the records of {name}"),
    ):
        records = database.records(most)
    if form == "json":
        world.console.show(dumps(records_json(name, records)))
    else:
        page = world.console.page
        world.console.show(records_text(name, records, width=page.width, colour=page.colour))
    return ExitCode.FINE


@click.group(help=__doc__)
def command() -> None:
    """Two questions, one verb each."""


@command.command("verify", help="Check the signature of a record.")
@click.argument("file")
@click.option("--key", metavar="FILE", required=True, help="The public key, PEM or base64.")
@format_option("text", "json")
@pass_session
def verify_command(session: Session, file: str, key: str, form: str) -> ExitCode:
    return verify(session.worlds[0], file, key, form)


@command.command("list", help="List the newest records in a target.")
@click.argument("target")
@click.option(
    "--most", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many."
)
@format_option("text", "json")
@pass_session
def list_command(session: Session, target: str, most: int, form: str) -> ExitCode:
    return show(session.world_of(target), target, most, form)
