"""Rewrite the migrations that a branch adds, so that what they do is safe on tables in use.

Splits a migration into several folders where one cannot be safe: an index built CONCURRENTLY
stands alone, a constraint is added NOT VALID and validated after, a column is filled before it is
NOT NULL. Names, comments and formatting of everything else stay. Merged migrations are never
touched.

The result is judged again, and run beside the original on a throw-away PostgreSQL: if the two do
not end in the same schema, nothing is written.

\b
  migration-bot fix                     rewrite what this branch adds
  migration-bot fix --dry-run           show the change, write nothing
  migration-bot fix --rules index-create-blocking
                                        only this, also where it is a notice
  migration-bot fix --no-proof          without the throw-away server

What is left for you is listed with the reason. Exit codes: 0 nothing blocks any more, 1 an error is
left.
"""

import click

from bot.commands.session import Session, pass_session
from bot.core.findings.rule import name_of
from bot.errors import ExitCode, UsageError
from bot.fixing.fix import Wish
from bot.flows.fixing import fixed_change
from bot.report.terminal.fix import fix_text
from bot.rules import RULES
from bot.world import World

ANY = Wish()


def run(
    world: World,
    *,
    base: str | None = None,
    dry_run: bool = False,
    proof: bool = True,
    wish: Wish = ANY,
) -> ExitCode:
    change = world.checkout.change(base, world.now())
    outcome = fixed_change(change, world, wish=wish, proof=proof)
    if not dry_run:
        world.checkout.put(outcome.fixing.changed)
    page = world.console.page
    world.console.show(
        fix_text(
            outcome.fixing,
            outcome.comparison,
            unproved=outcome.unproved,
            notes=outcome.notes,
            dry_run=dry_run,
            width=page.width,
            colour=page.colour,
        )
    )
    return outcome.exit_code


def wish_of(choice: str | None) -> Wish:
    """What `--rules` asks for. Raises UsageError for an id that does not exist."""
    if choice is None:
        return Wish()
    names = {name.strip() for name in choice.split(",") if name.strip()}
    known = {name_of(rule) for rule in RULES}
    if names <= known and names:
        return Wish(names)
    raise UsageError(
        f"There is no rule {', '.join(sorted(names - known)) or 'in an empty list'}.",
        hint="`migration-bot rules` lists them; write their ids with commas between.",
    )


@click.command(help=__doc__)
@click.option("--base", metavar="REF", help="Compare with this branch or commit.")
@click.option("--dry-run", is_flag=True, help="Show the change as a diff, and write nothing.")
@click.option("--rules", metavar="ID,…", help="Rewrite only for these rules, notices included.")
@click.option("--no-proof", is_flag=True, help="Do not run the result on a throw-away server.")
@pass_session
def command(
    session: Session, base: str | None, dry_run: bool, rules: str | None, no_proof: bool
) -> ExitCode:
    wish = wish_of(rules)
    return session.for_each(
        lambda world: run(world, base=base, dry_run=dry_run, proof=not no_proof, wish=wish)
    )
