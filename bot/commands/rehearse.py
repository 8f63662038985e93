"""Run the migrations that a branch adds on a throw-away PostgreSQL, and say what they did.

The history they stand on is replayed first. Then each new statement is run as a rollout would run
it: how long it takes, which locks it takes and who waits behind them, what is rewritten, read,
built and lost; the schema before and after; down.sql, and up again.

\b
  migration-bot rehearse                   what this branch adds to its base
  migration-bot rehearse --staged          what would be committed now
  migration-bot rehearse --all             the whole history, from nothing
  migration-bot rehearse --data synthetic  on made-up rows: how long it takes
  migration-bot rehearse --data backup     on a backup of `rehearsal.target`
  migration-bot rehearse --postgres URL    on a server with another PostgreSQL
  migration-bot rehearse --format json     for machines: check.schema.json
"""

import re
from dataclasses import replace

import click

from bot.commands.changes import Asked, base_option, staged_option
from bot.commands.check import weighing
from bot.commands.session import Session, format_option, pass_session
from bot.core.findings.finding import Verdict
from bot.core.findings.review import Review
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.sizes import SIZE_PATTERN, bytes_of
from bot.errors import ExitCode, UsageError
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.world import World

DATA = tuple(each.value for each in DataKind)


def run(
    world: World,
    *,
    asked: Asked = Asked(),  # noqa: B008 - it is frozen
    form: str = "text",
    timeline: str | None = None,
) -> ExitCode:
    change = asked.change(world)
    review = rehearsed(review_change(change, world), change, world, required=True)
    world.console.show(_face(review, form, world))
    if timeline:
        _draw(review, timeline, world)
    return ExitCode.FINDINGS if review.verdict is Verdict.BLOCK else ExitCode.FINE


def _face(review: Review, form: str, world: World) -> str:
    if form == "json":
        from bot.report.formats.as_json import dumps, review_json

        return dumps(review_json(review))
    from bot.report.terminal.check import rehearsal_text

    page = world.console.page
    return rehearsal_text(review, width=page.width, colour=page.colour)


def _draw(review: Review, file: str, world: World) -> None:
    """Every migration's locks over time, in one picture."""
    from bot.report.diagrams.lock_timeline import review_timeline

    world.files.write(file, review_timeline(review))


def _size(text: str) -> int:
    if re.match(SIZE_PATTERN, text) is None:
        raise UsageError(f"{text} is no size.", hint="Write it as 500MB or 1.5GB.")
    return bytes_of(text)


@click.command(help=__doc__)
@base_option
@staged_option
@click.option("--all", "everything", is_flag=True, help="Rehearse every migration there is.")
@format_option("text", "json")
@click.option(
    "--postgres", "url", metavar="URL", help="Do it on this server, which is left as it was."
)
@click.option("--data", type=click.Choice(DATA), help="Which rows to run on.")
@click.option("--budget", metavar="SIZE", help="Make up no more rows than this: 500MB.")
@click.option("--target", metavar="NAME", help="Estimate for the size of this target's tables.")
@click.option("--stats", metavar="FILE", help="Estimate for the sizes that `stats` wrote there.")
@click.option("--timeline", metavar="FILE", help="Draw who waits how long, as SVG.")
@pass_session
def command(
    session: Session,
    base: str | None,
    staged: bool,
    everything: bool,
    form: str,
    url: str | None,
    data: str | None,
    budget: str | None,
    target: str | None,
    stats: str | None,
    timeline: str | None,
) -> ExitCode:
    asked = Asked(base, everything=everything, staged=staged)

    def rehearse(world: World) -> ExitCode:
        world = weighing(world, target=target, stats=stats)
        rehearsal = world.settings.rehearsal
        if data is not None:
            rehearsal = replace(rehearsal, data=DataKind(data))
        if budget is not None:
            rehearsal = replace(rehearsal, budget=_size(budget))
        world = replace(world, settings=replace(world.settings, rehearsal=rehearsal))
        if url is not None and world.rehearsals is not None:
            world = replace(world, rehearsals=world.rehearsals.at(url))
        return run(world, asked=asked, form=form, timeline=timeline)

    return session.for_each(rehearse, form=form, target=target)
