"""Show which database TARGET leads to, and what to write into the configuration to pin it.

The first rollout marks a database with the name of its target, and later ones refuse a database
that is marked as another's. After a target was renamed, or a copy of its database made another
target, say with --claim that it is TARGET now.

\b
  migration-bot identity production             which database is it?
  migration-bot identity staging --claim        mark it as this target's
"""

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode
from bot.flows.fleets.tenants import addressed
from bot.report.terminal.identity import claimed_text, identity_text
from bot.rollout.preflight.identity import claim
from bot.world import World


def run(world: World, name: str, *, claiming: bool = False) -> ExitCode:
    target, world = addressed(name, world)
    with world.connect(target) as database:
        facts = database.facts()
        if claiming:
            world.console.show(claimed_text(name, claim(facts, database, target)))
        else:
            world.console.show(identity_text(target, facts))
    return ExitCode.FINE


@click.command(help=__doc__)
@click.argument("target")
@click.option("--claim", "claiming", is_flag=True, help="Mark the database as this target's.")
@pass_session
def command(session: Session, target: str, claiming: bool) -> ExitCode:
    return run(session.world_of(target), target, claiming=claiming)
