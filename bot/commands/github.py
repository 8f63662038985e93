"""Inside GitHub Actions: read the event, and do what it asks.

A pull request is checked and its comment kept. A push to the default branch, or a dispatch, is
applied to the target that MIGRATION_BOT_TARGET names, or to several, of databases of their own; one
that fails keeps no other database from its turn. Of a fleet too large for one job, the first
applies all waves but the last and sets the output `shards`: MIGRATION_BOT_SHARD is one of them in
each job of the matrix, and `all` in the job after it.

\b
  migration-bot github          as action.yml runs it
"""

import click

from bot.commands.session import Session, pass_session
from bot.errors import ExitCode, UsageError
from bot.flows.asked.answering import answer_all


@click.command(help=__doc__)
@pass_session
def command(session: Session) -> ExitCode:
    runner = session.worlds[0].runner
    if runner is None:
        raise UsageError(
            "GITHUB_ACTIONS is not set: `migration-bot github` runs inside GitHub Actions.",
            hint="At a terminal use `migration-bot check` or `migration-bot apply TARGET`.",
        )
    event = runner.event()
    return answer_all(session.worlds, event.name, event.payload, event.sha)
