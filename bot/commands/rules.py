"""List the rules, or explain one: why it matters, when it is quiet, and the safe way.

\b
  migration-bot rules                           all of them, a line each
  migration-bot rules index-create-blocking     what it finds, and why
"""

import click

from bot.commands.session import Session, pass_session
from bot.core.findings.rule import Rule, name_of
from bot.errors import ExitCode, UsageError
from bot.report.terminal.rules import rule_text, rules_text
from bot.rules import RULES
from bot.world import World


def run(world: World, name: str | None) -> ExitCode:
    page = world.console.page
    world.console.show(rules_text(RULES, page) if name is None else rule_text(_find(name), page))
    return ExitCode.FINE


def _find(name: str) -> Rule:
    for rule in RULES:
        if name_of(rule) == name:
            return rule
    raise UsageError(f"There is no rule {name}.", hint="`migration-bot rules` lists them all.")


@click.command(help=__doc__)
@click.argument("rule", required=False)
@pass_session
def command(session: Session, rule: str | None) -> ExitCode:
    return run(session.worlds[0], rule)
