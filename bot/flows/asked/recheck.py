"""The default branch has moved on: the open pull requests that it overtook are judged again."""

from bot.core.migration import sort_key
from bot.core.pull import Pull
from bot.core.request import ApplyRequest
from bot.core.review import Review
from bot.errors import ExitCode, UsageError
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.flows.telling.check_run import check_run_of
from bot.flows.telling.comment import keep_comment, report_on
from bot.flows.telling.labels import keep_labels
from bot.report.escape import fence
from bot.world import World

BRANCH_VARIABLE = "GITHUB_REF_NAME"
# Each costs a few calls and a rehearsal; the check of a later push judges whoever is left.
MOST_LISTED = 100
MOST_JUDGED = 20


def recheck(request: ApplyRequest, world: World) -> ExitCode:
    """Judge those whose migrations now come before one that is merged, and tell them.

    Nothing of a pull request is checked out: its files are read as git keeps them. The SQL of a
    fork is not run here, beside a token that may write.
    """
    assert world.github is not None
    assert world.runner is not None
    branch = world.environ.get(BRANCH_VARIABLE, "")
    if not branch:
        raise UsageError(
            f"{BRANCH_VARIABLE} is not set, so it is not known which branch has moved.",
            hint="Run this inside GitHub Actions, on a push to a branch.",
        )
    found = world.github.open_pulls(branch, limit=MOST_LISTED)
    overtaken = [each for each in found if _overtaken(each, world)]
    said = [_again(each, branch, world) for each in overtaken[:MOST_JUDGED]]
    said += _left(len(found), len(overtaken))
    for line in said:
        world.console.say(line)
    world.runner.summary(fence("\n".join(said)))
    return ExitCode.FINE


def _overtaken(pull: Pull, world: World) -> bool:
    """Whether a folder that it touches sorts no later than the newest that is merged."""
    newest = world.checkout.history().newest
    if newest is None:
        return False
    prefix = f"{world.checkout.history().folder}/"
    inside = (path.removeprefix(prefix) for path in pull.files if path.startswith(prefix))
    names = {path.partition("/")[0] for path in inside if "/" in path}
    return any(sort_key(name) <= sort_key(newest.name) for name in names)


def _again(pull: Pull, branch: str, world: World) -> str:
    assert world.github is not None
    commit = world.checkout.fetched(pull.number)
    if commit != pull.head:
        return f"#{pull.number}: left alone, it was pushed to meanwhile and is checked for that"
    assert world.runner is not None
    with check_run_of(world.runner.run(commit), world) as shown:
        change = world.checkout.change_at(commit, branch, world.now())
        review = review_change(change, world)
        if world.settings.rehearsal.enabled and not pull.fork:
            review = rehearsed(review, change, world)
        shown.found(review)
    keep_comment(report_on(pull, review, world, commit=commit), world)
    keep_labels(pull, [review], world)
    return f"#{pull.number}: {_found(review)}"


def _found(review: Review) -> str:
    counted = sum(each.allowed is None for each in review.all_findings)
    return f"judged again: {review.verdict.value}, {counted} finding{'' if counted == 1 else 's'}"


def _left(listed: int, overtaken: int) -> list[str]:
    said = [] if overtaken else ["no open pull request was overtaken"]
    if overtaken > MOST_JUDGED:
        said.append(f"{overtaken - MOST_JUDGED} more were overtaken and not judged again")
    if listed == MOST_LISTED:
        said.append(f"only the {MOST_LISTED} that changed last were looked at")
    return said
