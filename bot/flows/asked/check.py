"""A pull request, a review of one, or a merge group: what it adds is judged, and everybody told."""

from collections.abc import Sequence
from contextlib import ExitStack

from bot.core.findings.finding import Verdict
from bot.core.findings.review import Review, together
from bot.core.github.pull import Pull
from bot.core.github.request import CheckRequest
from bot.core.log import inert
from bot.errors import ExitCode
from bot.flows.asked.by_database import outputs_by_database
from bot.flows.asked.outputs import set_check_outputs, set_outputs
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.flows.telling.address import comment_url
from bot.flows.telling.check_run import CheckRunTeller, check_run
from bot.flows.telling.comment import finished, keep_comments, report_after_merge, report_on
from bot.flows.telling.labels import keep_labels
from bot.flows.telling.reviewers import ask_all_for_reviews
from bot.flows.telling.suggest import keep_suggestions
from bot.flows.telling.told import Told
from bot.handoff.writing import report_json, reports_json
from bot.report.comment.detail import SUMMARY_BUDGET
from bot.report.comment.markdown import render_markdown
from bot.report.faces.annotations import annotations
from bot.report.formats.as_json import dumps
from bot.report.formats.sarif import sarif_json
from bot.report.report import Report
from bot.report.terminal.check import check_text
from bot.rules import RULES
from bot.world import World

SARIF_VARIABLE = "MIGRATION_BOT_SARIF"
REPORT_VARIABLE = "MIGRATION_BOT_REPORT"

# Each database, and what was found of it.
Found = Sequence[tuple[World, Review]]


def check(request: CheckRequest, worlds: Sequence[World]) -> ExitCode:
    """Judge what the pull request adds to each database; tell the log, the job, the commit and the
    pull request, in that order.

    The verdict stands even if GitHub takes none of it.
    """
    with ExitStack() as stack:
        shown = [stack.enter_context(check_run(request, each)) for each in worlds]
        telling = stack.enter_context(outputs_by_database(worlds))
        return _check(request, list(zip(telling, shown, strict=True)))


def _check(request: CheckRequest, shown: Sequence[tuple[World, CheckRunTeller]]) -> ExitCode:
    found = [(world, _judged(request, world, teller, of=len(shown))) for world, teller in shown]
    reviews = [review for _, review in found]
    world, _ = found[0]
    assert world.runner is not None
    if path := world.environ.get(SARIF_VARIABLE):
        world.runner.file(path, dumps(sarif_json(together(reviews), RULES)))
    for (each, teller), review in zip(shown, reviews, strict=True):
        set_check_outputs(review, each, check_run_url=teller.url)
    if request.fork:
        _leave_report(request, found)
    if request.pull is not None:
        _comment(request, request.pull, found)
    blocked = any(review.verdict is Verdict.BLOCK for review in reviews)
    return ExitCode.FINDINGS if blocked else ExitCode.FINE


def _judged(request: CheckRequest, world: World, shown: CheckRunTeller, *, of: int) -> Review:
    """One of so many databases, judged and told of everywhere but on the pull request."""
    assert world.runner is not None
    change = world.checkout.change(None, world.now())
    review = review_change(change, world)
    if world.settings.rehearsal.enabled:
        review = rehearsed(review, change, world)
    page = world.console.page
    if of > 1:
        world.console.show(f"Database {world.settings.database}")
    world.console.show(inert(check_text(review, width=page.width, colour=page.colour)))
    run = world.runner.run(request.head)
    report = Report(review, run=run, database=world.settings.database)
    world.runner.summary(render_markdown(report, budget=SUMMARY_BUDGET // of))
    shown.found(review)
    if not shown.annotated:
        world.runner.log(annotations(review.all_findings))
    return review


def _leave_report(request: CheckRequest, found: Found) -> None:
    """For the run that may write where this one may not."""
    world, review = found[0]
    path = world.environ.get(REPORT_VARIABLE)
    if world.runner is None or not path:
        return
    by_database = {each.settings.database: review for each, review in found}
    one = not world.settings.database
    text = report_json(review, request.head) if one else reports_json(by_database, request.head)
    world.runner.file(path, text)
    set_outputs(world, report=path)


def _comment(request: CheckRequest, number: int, found: Found) -> None:
    world, _ = found[0]
    if request.fork or world.github is None:
        why = "it comes from a fork, whose runs may only read" if request.fork else "no token"
        world.console.say(f"no comment on #{number} ({why}): see the job's summary")
        return
    pull = world.github.pull(number)
    if not pull.merged and pull.head != request.head:
        world.console.say(f"no comment on #{pull.number}: it has a newer commit than this run saw")
        return
    if pull.merged:
        # Compared with a base that has them already, the branch would seem to bring nothing.
        reports = [(each, report_after_merge(pull, each)) for each, _ in found]
        keep_comments([Told(made, each, news=not finished(made)) for each, made in reports])
    else:
        reports = [
            (each, report_on(pull, review, each, commit=request.head)) for each, review in found
        ]
        keep_comments([Told(made, each) for each, made in reports])
        _keep_faces(pull, found, commit=request.head)
    for each, made in reports:
        set_outputs(each, comment_url=comment_url(made, each))


def _keep_faces(pull: Pull, found: Found, *, commit: str) -> None:
    for world, review in found:
        keep_suggestions(pull, review, world, commit=commit)
    world, _ = found[0]
    keep_labels(pull, [review for _, review in found], world)
    ask_all_for_reviews(pull, found)
