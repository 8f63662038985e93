"""Write a new migration: what schema.prisma has and the migrations have not.

The project's own Prisma (5, 6 or 7) compares the schema with a throw-away database that has run the
history. What it writes is judged at once: what would block, what is lost, and what `fix` can make
safe. A field that was renamed looks to Prisma like one that went and one that came; that is said,
with what to write instead.

Nothing is applied: read and edit the folder, then commit it. The name and the time in it are made
as Prisma makes them, and the new folder stands behind all that there are.

\b
  migration-bot create add_orders            from schema.prisma
  migration-bot create "Add orders" --down   and a proved down.sql beside it
  migration-bot create fill_totals --empty   for SQL of your own: no Prisma
  migration-bot create catch_up --from-target staging
                                             past what was done there by hand

Prisma runs with the code of the checkout (its configuration), and sees no connection string but
that of the throw-away database. In a job of GitHub Actions it is not run.

Exit codes: 0 created, or there is nothing to create; 2 the name, the schema or Prisma; 4 no server
to compare on.
"""

import sys
from collections.abc import Callable

import click

from bot.commands.session import Session, format_option, pass_session
from bot.core.targets.target import Kind
from bot.errors import ExitCode, UsageError
from bot.flows.creating import CreateOrder, created
from bot.report.formats.as_json import dumps
from bot.report.formats.create_as_json import create_json
from bot.report.terminal.create import create_text
from bot.world import World


def run(world: World, order: CreateOrder, *, form: str = "text") -> ExitCode:
    made = created(order, world)
    page = world.console.page
    world.console.show(
        dumps(create_json(made))
        if form == "json"
        else create_text(
            made, development=_development(world), width=page.width, colour=page.colour
        )
    )
    return ExitCode.FINE


def _development(world: World) -> str:
    targets = world.settings.targets.values()
    return next((each.name for each in targets if each.kind is Kind.DEVELOPMENT), "")


def purpose_of(given: str | None, *, ask: Callable[[], str] | None) -> str:
    """As it was given, or asked for where somebody can answer."""
    if given is not None or ask is None:
        return given or ""
    return ask()


def _ask() -> str:
    question = "What is it for? (one line, for those who review it; Enter for none)"
    answer: str = click.prompt(question, err=True, default="", show_default=False)
    return answer


@click.command(help=__doc__)
@click.argument("name")
@click.option("--empty", is_flag=True, help="An empty migration; nothing is compared.")
@click.option("--down", is_flag=True, help="Draft and prove a down.sql, and write it beside it.")
@click.option("--purpose", metavar="TEXT", help="What it is for: the first line of the script.")
@click.option(
    "--from-target",
    metavar="TARGET",
    help="Start from the history and what was changed by hand in that target.",
)
@click.option("--schema", metavar="PATH", help="schema.prisma, or the folder of several files.")
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    name: str,
    empty: bool,
    down: bool,
    purpose: str | None,
    from_target: str | None,
    schema: str | None,
    form: str,
) -> ExitCode:
    _require_sense(empty=empty, others={"--from-target": from_target, "--schema": schema})
    if empty and down:
        raise UsageError(
            "An empty migration has nothing to take back yet.",
            hint="Write its SQL first, then `migration-bot down NAME --write`.",
        )
    world = session.world_of(from_target) if from_target else session.world
    asked = sys.stdin.isatty() and world.console.watched and form == "text"
    order = CreateOrder(
        name,
        purpose=purpose_of(purpose, ask=_ask if asked else None),
        empty=empty,
        down=down,
        target=from_target or "",
        schema=schema,
    )
    return run(world, order, form=form)


def _require_sense(*, empty: bool, others: dict[str, str | None]) -> None:
    given = [name for name, value in others.items() if value is not None]
    if empty and given:
        raise UsageError(
            f"--empty compares nothing, so {given[0]} says nothing.",
            hint="Leave out one of the two.",
        )
