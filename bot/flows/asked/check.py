"""A pull request, a review of one, or a merge group: what it adds is judged, and everybody told."""

from bot.core.finding import Verdict
from bot.core.log import inert
from bot.core.request import CheckRequest
from bot.core.review import Review
from bot.errors import ExitCode
from bot.flows.asked.outputs import set_check_outputs, set_outputs
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.flows.telling.address import comment_url
from bot.flows.telling.check_run import CheckRunTeller, check_run
from bot.flows.telling.comment import finished, keep_comment, report_after_merge, report_on
from bot.flows.telling.labels import keep_labels
from bot.flows.telling.reviewers import ask_for_reviews
from bot.flows.telling.suggest import keep_suggestions
from bot.handoff.writing import report_json
from bot.report.annotations import annotations
from bot.report.as_json import dumps
from bot.report.markdown import render_markdown
from bot.report.report import Report
from bot.report.sarif import sarif_json
from bot.report.text import check_text
from bot.rules import RULES
from bot.world import World

SARIF_VARIABLE = "MIGRATION_BOT_SARIF"
REPORT_VARIABLE = "MIGRATION_BOT_REPORT"


def check(request: CheckRequest, world: World) -> ExitCode:
    """Judge what the pull request adds; tell the log, the job, the commit and the pull request, in
    that order.

    The verdict stands even if GitHub takes none of it.
    """
    with check_run(request, world) as shown:
        return _check(request, world, shown)


def _check(request: CheckRequest, world: World, shown: CheckRunTeller) -> ExitCode:
    assert world.runner is not None
    review = _judged(world)
    page = world.console.page
    world.console.show(inert(check_text(review, width=page.width, colour=page.colour)))
    world.runner.summary(render_markdown(Report(review, run=world.runner.run(request.head))))
    if path := world.environ.get(SARIF_VARIABLE):
        world.runner.file(path, dumps(sarif_json(review, RULES)))
    shown.found(review)
    if not shown.annotated:
        world.runner.log(annotations(review.all_findings))
    set_check_outputs(review, world, check_run_url=shown.url)
    if request.fork:
        _leave_report(request, review, world)
    if request.pull is not None:
        _comment(request, review, world)
    return ExitCode.FINDINGS if review.verdict is Verdict.BLOCK else ExitCode.FINE


def _judged(world: World) -> Review:
    change = world.checkout.change(None, world.now())
    review = review_change(change, world)
    return rehearsed(review, change, world) if world.settings.rehearsal.enabled else review


def _leave_report(request: CheckRequest, review: Review, world: World) -> None:
    """For the run that may write where this one may not."""
    assert world.runner is not None
    if path := world.environ.get(REPORT_VARIABLE):
        world.runner.file(path, report_json(review, request.head))
        set_outputs(world, report=path)


def _comment(request: CheckRequest, review: Review, world: World) -> None:
    assert request.pull is not None
    if request.fork or world.github is None:
        why = "it comes from a fork, whose runs may only read" if request.fork else "no token"
        world.console.say(f"no comment on #{request.pull} ({why}): see the job's summary")
        return
    pull = world.github.pull(request.pull)
    if not pull.merged and pull.head != request.head:
        world.console.say(f"no comment on #{pull.number}: it has a newer commit than this run saw")
        return
    if pull.merged:
        # Compared with a base that has them already, the branch would seem to bring nothing.
        report = report_after_merge(pull, world)
        keep_comment(report, world, news=not finished(report))
    else:
        report = report_on(pull, review, world, commit=request.head)
        keep_comment(report, world)
        keep_suggestions(pull, review, world, commit=request.head)
        keep_labels(pull, [review], world)
        ask_for_reviews(pull, review, world)
    set_outputs(world, comment_url=comment_url(report, world))
