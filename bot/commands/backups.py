"""List the backups of targets, verify one, or prune old ones.

\b
  migration-bot backups list production         which there are, how old
  migration-bot backups verify production 20261122T   does this one restore?
  migration-bot backups prune production --dry-run    which ones would go?

A backup may be named by the beginning of its id. To verify one that is encrypted takes a private
key, in MIGRATION_BOT_AGE_IDENTITY or the file that MIGRATION_BOT_AGE_IDENTITY_FILE names.
"""

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.backups.level import Level
from bot.errors import ExitCode
from bot.flows.targets import backups
from bot.report.formats.as_json import dumps
from bot.report.formats.backups_as_json import listed_json, pruned_json, verified_json
from bot.report.terminal.backups import listed_text, pruned_text, verified_text
from bot.world import World


def show(world: World, name: str, form: str = "text") -> ExitCode:
    target = world.settings.target(name)
    backups.require_files(target)
    with world.console.waiting(f"looking through the backups of {target.name}"):
        found, strays = world.backups.listed(target), world.backups.strays(target)
    if form == "json":
        world.console.show(dumps(listed_json(target.name, found, strays)))
    else:
        page = world.console.page
        text = listed_text(
            target.name, found, strays, world.now(), width=page.width, colour=page.colour
        )
        world.console.show(text)
    return ExitCode.FINE


def verify(
    world: World,
    name: str,
    id: str | None,
    *,
    level: str | None = None,
    digest: str | None = None,
    form: str = "text",
) -> ExitCode:
    target = world.settings.target(name)
    wanted = Level(level) if level else None
    stored, proof = backups.verify(target, id, wanted, digest, world)
    if form == "json":
        world.console.show(dumps(verified_json(stored, proof)))
    else:
        page = world.console.page
        world.console.show(verified_text(stored, proof, width=page.width, colour=page.colour))
    return ExitCode.FINE


def prune(world: World, name: str, *, dry: bool, form: str = "text") -> ExitCode:
    target = world.settings.target(name)
    done = backups.prune(target, world, dry=dry)
    if form == "json":
        world.console.show(dumps(pruned_json(name, done)))
    else:
        page = world.console.page
        world.console.show(
            pruned_text(name, done, world.now(), width=page.width, colour=page.colour)
        )
    return ExitCode.FINE


@click.group(help=__doc__)
def command() -> None:
    """Three questions, one verb each."""


@command.command("list", help="List the backups of a target, the newest first.")
@click.argument("target")
@format_option("text", "json")
@pass_session
def list_command(session: Session, target: str, form: str) -> ExitCode:
    return show(session.world_of(target), target, form)


@command.command("verify", help="Prove a backup again; the newest, if none is named.")
@click.argument("target")
@click.argument("backup", required=False)
@click.option(
    "--level",
    type=click.Choice([each.value for each in Level]),
    help="How far: read every file, restore it, compare the rows too. Default: as configured.",
)
@click.option("--digest", metavar="sha256:…", help="What was written down when it was taken.")
@format_option("text", "json")
@pass_session
def verify_command(
    session: Session,
    target: str,
    backup: str | None,
    level: str | None,
    digest: str | None,
    form: str,
) -> ExitCode:
    world = session.world_of(target)
    return verify(world, target, backup, level=level, digest=digest, form=form)


@command.command("prune", help="Remove backups that are older than `backup.keep`.")
@click.argument("target")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@format_option("text", "json")
@pass_session
def prune_command(session: Session, target: str, dry_run: bool, form: str) -> ExitCode:
    return prune(session.world_of(target), target, dry=dry_run, form=form)
