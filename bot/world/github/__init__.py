"""What the bot asks of GitHub, and tells it. Every method raises GitHubError with advice."""

from typing import Protocol

from bot.world.github.artifacts import Artifacts
from bot.world.github.checks import Checks
from bot.world.github.comments import Comments
from bot.world.github.conversation import Conversation
from bot.world.github.deployments import Deployments
from bot.world.github.issues import Issues
from bot.world.github.labels import Labels
from bot.world.github.looking import Looking
from bot.world.github.people import People
from bot.world.github.pulls import Pulls
from bot.world.github.reviewers import ReviewRequests
from bot.world.github.runs import Runs
from bot.world.github.threads import Threads


class GitHub(
    Pulls,
    People,
    Comments,
    Conversation,
    Threads,
    Checks,
    Labels,
    ReviewRequests,
    Deployments,
    Runs,
    Artifacts,
    Issues,
    Looking,
    Protocol,
):
    """One repository, a part for each subject."""
