"""What the bot asks of GitHub, and tells it. Every method raises GitHubError with advice."""

from typing import Protocol

from bot.world.github.artifacts import Artifacts
from bot.world.github.checks import Checks
from bot.world.github.comments import Comments
from bot.world.github.deployments import Deployments
from bot.world.github.labels import Labels
from bot.world.github.pulls import Pulls
from bot.world.github.reviewers import ReviewRequests
from bot.world.github.threads import Threads


class GitHub(
    Pulls, Comments, Deployments, Checks, Threads, Labels, ReviewRequests, Artifacts, Protocol
):
    """One repository, a part for each subject."""
