"""Suggesting, on the lines themselves, what a pull request's author could write instead."""

from collections.abc import Sequence

from bot.core.findings.review import Review
from bot.core.github.pull import Pull
from bot.errors import GitHubError
from bot.report.faces.suggestions import introduction, outlived, speaks_of, suggestions_of, unposted
from bot.world import World


def keep_suggestions(pull: Pull, review: Review, world: World, *, commit: str) -> None:
    """Leave what was not suggested before, and settle what was and is not needed any more. That it
    cannot be done is said, and changes nothing: the comment has it all."""
    assert world.github is not None
    try:
        known = [each.body for each in world.github.own_line_comments(pull.number)]
        _post(pull, review, known, world, commit=commit)
    except GitHubError as error:
        world.console.say(f"no suggestions on #{pull.number}: {error.message} {error.hint}")
        return
    try:
        _settle(pull, review, known, world)
    except GitHubError as error:
        world.console.say(
            f"old suggestions on #{pull.number} are not settled: {error.message} {error.hint}"
        )


def _post(pull: Pull, review: Review, known: Sequence[str], world: World, *, commit: str) -> None:
    assert world.github is not None
    assert world.runner is not None
    suggestions = suggestions_of(review, world.runner.run(commit))
    if new := unposted(suggestions, known):
        said = introduction(new)
        world.github.comment_lines(pull.number, commit, new, introduction=said)


def _settle(pull: Pull, review: Review, known: Sequence[str], world: World) -> None:
    """What is about another database's migrations was not judged here."""
    assert world.github is not None
    if all(speaks_of(body, review.all_findings) for body in known):
        return
    folder = f"{world.settings.folder}/"
    threads = world.github.own_threads(pull.number)
    here = [each for each in threads if each.path.startswith(folder)]
    for thread in outlived(here, review.all_findings):
        world.github.settle_thread(thread)
