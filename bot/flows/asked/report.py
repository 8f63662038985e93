"""A check that ran for a fork has ended: what it found is told on the pull request for it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.findings.review import Review
from bot.core.github.pull import Pull
from bot.core.github.request import ReportRequest
from bot.core.github.run import Run
from bot.core.migrations.migration import SCRIPT
from bot.errors import ExitCode, UsageError
from bot.flows.asked.by_database import outputs_by_database
from bot.flows.asked.outputs import set_outputs
from bot.flows.telling.check_run import check_run_of, end_check_run
from bot.flows.telling.comment import keep_comments, report_on
from bot.flows.telling.labels import keep_labels
from bot.flows.telling.reviewers import ask_all_for_reviews
from bot.flows.telling.told import Told
from bot.world import World

if TYPE_CHECKING:
    from bot.handoff.reading import Reported

_HINT = "Look at what the pull request changes in its workflow; nothing was told of it."


def report(request: ReportRequest, worlds: Sequence[World]) -> ExitCode:
    """Tell what the run left, on the pull request that GitHub says its commit is the head of.

    Whatever cannot be told of is said in the log. Raises UsageError for a report that is not as
    this bot writes it.
    """
    world = worlds[0]
    assert world.runner is not None
    run = _of_check(request, world.runner.run(request.head))
    if not request.fork:
        for each in worlds:
            end_check_run(run, each)
        return _nothing("it did not come from a fork and told everything itself", request, world)
    reported = _left(request, worlds)
    if not reported:
        return _nothing("it left no report", request, world)
    if any(each.head != request.head for _, each in reported):
        return _nothing("its report is about another commit", request, world)
    pull = _pull(request, reported[0][1].review.base, world)
    if pull is None:
        return _nothing("its commit is no longer the head of one open pull request", request, world)
    found = [(each, left.review) for each, left in reported]
    _require_all_same(pull, found, worlds)
    _tell(pull, found, run)
    world.console.say(f"told what run {request.run} found on #{pull.number}")
    with outputs_by_database([each for each, _ in found]) as telling:
        for each, (_, review) in zip(telling, found, strict=True):
            set_outputs(each, verdict=review.verdict.value, digest=review.digest)
    return ExitCode.FINE


def _tell(pull: Pull, found: Sequence[tuple[World, Review]], run: Run) -> None:
    for world, review in found:
        with check_run_of(run, world) as shown:
            shown.found(review)
    reports = [
        (world, report_on(pull, review, world, commit=run.commit)) for world, review in found
    ]
    keep_comments([Told(replace(made, run=run), world) for world, made in reports])
    world, _ = found[0]
    keep_labels(pull, [review for _, review in found], world)
    ask_all_for_reviews(pull, found)


def _left(request: ReportRequest, worlds: Sequence[World]) -> "list[tuple[World, Reported]]":
    """What the run left of each database; nothing of those that it does not know."""
    # Imported late: nothing else of the bot reads what strangers write in this form.
    from bot.handoff.reading import read_archive, read_archive_by_database
    from bot.handoff.schema import ARTIFACT, MOST_BYTES

    world = worlds[0]
    assert world.github is not None
    name = f"{ARTIFACT}-{request.attempt}"
    archive = world.github.artifact(request.run, name, limit=MOST_BYTES)
    if archive is None:
        return []
    if not world.settings.database:
        return [(world, read_archive(archive))]
    left = read_archive_by_database(archive)
    return [(each, left[name]) for each in worlds if (name := each.settings.database) in left]


def _pull(request: ReportRequest, base: str | None, world: World) -> Pull | None:
    """One branch may be proposed to several bases: of those it is the one that was compared with.

    A report that lies about that lies to its author alone.
    """
    assert world.github is not None
    found: Sequence[Pull] = world.github.open_pulls_at(
        request.head, branch=request.branch, owner=request.owner, repository=request.repository
    )
    if len(found) > 1:
        found = [each for each in found if each.base_name == base]
    return found[0] if len(found) == 1 else None


def _require_all_same(
    pull: Pull, found: Sequence[tuple[World, Review]], worlds: Sequence[World]
) -> None:
    """Of a database that was left out nothing may be there to tell."""
    told = {world.settings.database: review for world, review in found}
    for world in worlds:
        nothing = Review(postgres=str(world.settings.postgres))
        _require_same_texts(pull, told.get(world.settings.database, nothing), world)


def _require_same_texts(pull: Pull, review: Review, world: World) -> None:
    """The SQL that people will read and approve is what GitHub has, whatever the run left."""
    assert world.github is not None
    migrations = [judged.migration for judged in review.migrations]
    texts = world.github.facts(pull, {each.name: each.path for each in migrations}).texts
    if any(texts.get(each.name) != each.checksum for each in migrations):
        raise UsageError(
            f"The report on #{pull.number} shows another text than the pull request has.",
            hint=_HINT,
        )
    if world.settings.baseline is None:
        _require_all_told(pull, review, world.settings.folder)


def _require_all_told(pull: Pull, review: Review, folder: str) -> None:
    """What a report leaves out would look as if it were not there."""
    told = {each.path for each in review.all_findings}
    told |= {judged.migration.path for judged in review.migrations}
    for path in pull.files:
        script = path.startswith(f"{folder}/") and path.endswith(f"/{SCRIPT}")
        if script and path not in told and path.rpartition("/")[0] not in told:
            raise UsageError(f"The report on #{pull.number} says nothing of {path}.", hint=_HINT)


def _of_check(request: ReportRequest, run: Run) -> Run:
    """The run that judged: it orders the reports, and its page has the whole log."""
    url = f"{run.repository_url}/actions/runs/{request.run}"
    return replace(run, id=request.run, number=request.number, attempt=request.attempt, url=url)


def _nothing(why: str, request: ReportRequest, world: World) -> ExitCode:
    world.console.say(f"nothing to tell of run {request.run}: {why}")
    return ExitCode.FINE
