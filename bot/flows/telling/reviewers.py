"""Asking those for a review whose approval the rollout will wait for."""

from collections.abc import Sequence

from bot.core.findings.finding import Verdict
from bot.core.findings.review import Review
from bot.core.findings.risk import risk_of_review
from bot.core.github.pull import Pull
from bot.core.github.reviewers import Reviewers, reviewers_for
from bot.errors import GitHubError
from bot.report.faces.log_words import unknown_reviewers
from bot.world import World


def ask_for_reviews(pull: Pull, review: Review, world: World) -> None:
    """Each once: nobody who was asked before, by whomever, and nobody who had a look already. As
    long as something has to be mended nobody is asked. That it cannot be done is said, and changes
    nothing."""
    assert world.github is not None
    if not (world.settings.faces.reviewers and review.migrations):
        return
    wanted = _wanted(review, world).without(Reviewers(users=(pull.author,)))
    if review.verdict is Verdict.BLOCK or not wanted:
        return
    try:
        new = wanted.without(world.github.known_reviewers(pull.number))
        refused = world.github.ask_reviewers(pull.number, new) if new else Reviewers()
    except GitHubError as error:
        world.console.say(f"nobody asked to review #{pull.number}: {error.message} {error.hint}")
        return
    if refused:
        world.console.say(unknown_reviewers(pull.number, refused))


def ask_all_for_reviews(pull: Pull, found: Sequence[tuple[World, Review]]) -> None:
    """As `ask_for_reviews`, of several databases: as long as something has to be mended in one,
    nobody is asked for another."""
    if any(review.verdict is Verdict.BLOCK for _, review in found):
        return
    for world, review in found:
        ask_for_reviews(pull, review, world)


def _wanted(review: Review, world: World) -> Reviewers:
    """Of the target that asks for the most approvals."""
    targets, risk = world.settings.rollout_order, risk_of_review(review)
    strictest = max(targets, key=lambda each: each.approval.need(risk).count, default=None)
    return reviewers_for(strictest, risk) if strictest else Reviewers()
