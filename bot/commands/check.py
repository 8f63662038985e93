"""Check the migrations that a branch adds: names, order, and what each statement would do.

Compares with the tip of the base branch. What is new is rehearsed: run on a throw-away server,
on top of the history. With --all, which judges what is merged too, nothing is run: use
`migration-bot rehearse --all`.

\b
  migration-bot check                   what this branch adds to its base
  migration-bot check --base release    compare with another branch
  migration-bot check --staged          what would be committed now
  migration-bot check --no-rehearsal    judge the text alone
  migration-bot check --all             every migration there is; needs no git
  migration-bot check --target staging  weigh findings by its tables' sizes
  migration-bot check --format json     for machines: check.schema.json
  migration-bot check --format sarif    for code scanning, and for editors
"""

from collections.abc import Sequence
from dataclasses import replace

import click

from bot.commands.changes import Asked, base_option, staged_option
from bot.commands.session import Session, format_option, pass_session
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.review import Review
from bot.core.findings.rule import Rule, name_of
from bot.core.settings import NEWEST_POSTGRES, OLDEST_POSTGRES
from bot.errors import ExitCode, UsageError
from bot.flows.reviewing.review import review_change
from bot.flows.reviewing.sizes import filed_sizes, live_sizes
from bot.rules import RULES
from bot.world import World

DEFAULT, ALL = "default", "all"


def run(
    world: World,
    *,
    asked: Asked = Asked(),  # noqa: B008 - it is frozen
    form: str = "text",
    rules: Sequence[Rule] = RULES,
    rehearse: bool = False,
) -> ExitCode:
    change = asked.change(world)
    review = review_change(change, world, rules)
    if rehearse and review.migrations:
        # Loaded where it is wanted: most of a check without new migrations is starting up.
        from bot.flows.reviewing.rehearsal import rehearsed

        review = rehearsed(review, change, world, rules)
    world.console.show(_face(review, form, world))
    return ExitCode.FINDINGS if review.verdict is Verdict.BLOCK else ExitCode.FINE


def _face(review: Review, form: str, world: World) -> str:
    """Each face is loaded where it is asked for: together they take a tenth of a check."""
    if form == "json":
        from bot.report.formats.as_json import dumps, review_json

        return dumps(review_json(review))
    if form == "sarif":
        from bot.report.formats.as_json import dumps
        from bot.report.formats.sarif import sarif_json

        return dumps(sarif_json(review, RULES))
    if form == "markdown":
        from bot.report.comment.markdown import render_markdown
        from bot.report.report import Report

        return render_markdown(Report(review))
    from bot.report.terminal.check import check_text

    page = world.console.page
    return check_text(review, width=page.width, colour=page.colour)


def chosen_rules(choice: str) -> Sequence[Rule]:
    """The rules that `--rules` names. Raises UsageError for an id that does not exist."""
    if choice in (DEFAULT, ALL):
        return RULES
    by_name = {name_of(rule): rule for rule in RULES}
    names = [name.strip() for name in choice.split(",") if name.strip()]
    unknown = [name for name in names if name not in by_name]
    if unknown or not names:
        raise UsageError(
            f"There is no rule {', '.join(unknown) or 'in an empty list'}.",
            hint="`migration-bot rules` lists them all.",
        )
    return [by_name[name] for name in names]


def switched_on(choice: str, rules: Sequence[Rule]) -> dict[str, Severity | None]:
    """Which of the chosen rules are off by themselves, and are on because they were asked for."""
    if choice == DEFAULT:
        return {}
    return {name_of(each): Severity.NOTICE for each in rules if not each.SEVERITY}


def weighing(world: World, *, target: str | None, stats: str | None) -> World:
    """The world with the sizes that were asked for. A target also says which PostgreSQL it is."""
    if target and stats:
        raise UsageError(
            "--target and --stats exclude each other.",
            hint="Use --target to ask a database now, or --stats for a file written earlier.",
        )
    if stats:
        filed = filed_sizes(world, stats)
        return replace(world, sizes=lambda: filed)
    if not target:
        return world
    sizes = live_sizes(world, target)
    version = min(max(sizes.postgres, OLDEST_POSTGRES), NEWEST_POSTGRES)
    settings = replace(world.settings, postgres=version)
    return replace(world, settings=settings, sizes=lambda: sizes)


@click.command(help=__doc__)
@base_option
@staged_option
@click.option("--all", "everything", is_flag=True, help="Check every migration there is.")
@format_option("text", "json", "markdown", "sarif")
@click.option(
    "--rules",
    default=DEFAULT,
    metavar="default|all|ID,…",
    help="Only these rules; `all` adds those that are off unless asked for.",
)
@click.option(
    "--no-rehearsal",
    is_flag=True,
    help="Judge only, and run nothing.",
)
@click.option(
    "--postgres-version",
    type=click.IntRange(OLDEST_POSTGRES, NEWEST_POSTGRES),
    help="Judge for this major version of PostgreSQL.",
)
@click.option("--prisma-version", metavar="V", help="Judge for this version of Prisma.")
@click.option(
    "--target", metavar="NAME", help="Weigh findings by the sizes of this target's tables."
)
@click.option("--stats", metavar="FILE", help="Weigh them by the sizes that `stats` wrote there.")
@pass_session
def command(
    session: Session,
    base: str | None,
    staged: bool,
    everything: bool,
    form: str,
    rules: str,
    no_rehearsal: bool,
    postgres_version: int | None,
    prisma_version: str | None,
    target: str | None,
    stats: str | None,
) -> ExitCode:
    asked = Asked(base, everything=everything, staged=staged)
    chosen = chosen_rules(rules)

    def judge(world: World) -> ExitCode:
        world = weighing(world, target=target, stats=stats)
        settings = replace(
            world.settings,
            postgres=postgres_version or world.settings.postgres,
            prisma=prisma_version or world.settings.prisma,
            severities=switched_on(rules, chosen) | dict(world.settings.severities),
        )
        return run(
            replace(world, settings=settings),
            asked=asked,
            form=form,
            rules=chosen,
            rehearse=not (no_rehearsal or everything) and settings.rehearsal.enabled,
        )

    return session.for_each(judge, form=form, target=target)
