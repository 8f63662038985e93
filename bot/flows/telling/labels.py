"""The label of a pull request that says how much its migrations put at stake."""

from collections.abc import Sequence

from bot.core.findings.review import Review
from bot.core.findings.risk import highest, risk_of_review
from bot.core.github.label import relabelling
from bot.core.github.pull import Pull
from bot.errors import GitHubError
from bot.world import World


def keep_labels(pull: Pull, reviews: Sequence[Review], world: World) -> None:
    """One of ours at most, for the reviews of all databases, and no other is touched. That it
    cannot be done is said, and changes nothing."""
    assert world.github is not None
    prefix = world.settings.faces.labels
    if prefix is None:
        return
    risks = [risk_of_review(each) for each in reviews if each.migrations]
    risk = highest(risks) if risks else None
    try:
        change = relabelling(world.github.labels(pull.number), prefix, risk)
        for name in change.remove:
            world.github.remove_label(pull.number, name)
        if change.add is not None:
            world.github.add_label(pull.number, change.add)
    except GitHubError as error:
        world.console.say(f"no label on #{pull.number}: {error.message} {error.hint}")
