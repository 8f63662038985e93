"""The default branch has moved on: the open pull requests that it overtook are judged again."""

from collections.abc import Sequence

from bot.core.counting import count
from bot.core.findings.review import Review
from bot.core.github.pull import Pull
from bot.core.github.request import ApplyRequest
from bot.core.migrations.migration import sort_key
from bot.errors import ExitCode, UsageError
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.flows.reviewing.touching import touched_in, touches
from bot.flows.telling.check_run import check_run_of
from bot.flows.telling.comment import keep_comments, report_on
from bot.flows.telling.labels import keep_labels
from bot.flows.telling.told import Told
from bot.report.escape import fence
from bot.world import World

BRANCH_VARIABLE = "GITHUB_REF_NAME"
# Each costs a few calls and a rehearsal; the check of a later push judges whoever is left.
MOST_LISTED = 100
MOST_JUDGED = 20


def recheck(request: ApplyRequest, worlds: Sequence[World]) -> ExitCode:
    """Judge those whose migrations now come before one that is merged, and tell them.

    Nothing of a pull request is checked out: its files are read as git keeps them. The SQL of a
    fork is not run here, beside a token that may write.
    """
    world = worlds[0]
    assert world.github is not None
    assert world.runner is not None
    branch = world.environ.get(BRANCH_VARIABLE, "")
    if not branch:
        raise UsageError(
            f"{BRANCH_VARIABLE} is not set, so it is not known which branch has moved.",
            hint="Run this inside GitHub Actions, on a push to a branch.",
        )
    found = world.github.open_pulls(branch, limit=MOST_LISTED)
    overtaken = [each for each in found if any(_overtaken(each, world) for world in worlds)]
    said = [_again(each, branch, worlds) for each in overtaken[:MOST_JUDGED]]
    said += _left(len(found), len(overtaken))
    for line in said:
        world.console.say(line)
    world.runner.summary(fence("\n".join(said)))
    return ExitCode.FINE


def _overtaken(pull: Pull, world: World) -> bool:
    """Whether a folder that it touches sorts no later than the newest that is merged."""
    history = world.checkout.history()
    newest = history.newest
    if newest is None:
        return False
    names = touched_in(history.folder, pull.files)
    return any(sort_key(name) <= sort_key(newest.name) for name in names)


def _again(pull: Pull, branch: str, worlds: Sequence[World]) -> str:
    """Every database that it touches is judged: its label is of all of them."""
    world = worlds[0]
    commit = world.checkout.fetched(pull.number)
    if commit != pull.head:
        return f"#{pull.number}: left alone, it was pushed to meanwhile and is checked for that"
    concerned = [each for each in worlds if touches(pull, each)]
    found = [(each, _judged(pull, commit, branch, each)) for each in concerned]
    keep_comments(
        [Told(report_on(pull, review, each, commit=commit), each) for each, review in found]
    )
    keep_labels(pull, [review for _, review in found], world)
    said = "; ".join(_found(review, each) for each, review in found)
    return f"#{pull.number}: {said}"


def _judged(pull: Pull, commit: str, branch: str, world: World) -> Review:
    assert world.runner is not None
    with check_run_of(world.runner.run(commit), world) as shown:
        change = world.checkout.change_at(commit, branch, world.now())
        review = review_change(change, world)
        if world.settings.rehearsal.enabled and not pull.fork:
            review = rehearsed(review, change, world)
        shown.found(review)
    return review


def _found(review: Review, world: World) -> str:
    counted = sum(each.allowed is None for each in review.all_findings)
    which = f" ({world.settings.database})" if world.settings.database else ""
    return f"judged again{which}: {review.verdict.value}, {count(counted, 'finding')}"


def _left(listed: int, overtaken: int) -> list[str]:
    said = [] if overtaken else ["no open pull request was overtaken"]
    if overtaken > MOST_JUDGED:
        said.append(f"{overtaken - MOST_JUDGED} more were overtaken and not judged again")
    if listed == MOST_LISTED:
        said.append(f"only the {MOST_LISTED} that changed last were looked at")
    return said
