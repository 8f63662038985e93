"""What the bot asks of GitHub, and tells it. Every method raises GitHubError with advice."""

from typing import Protocol

from bot.world.github.artifacts import Artifacts
from bot.world.github.comments import Comments
from bot.world.github.deployments import Deployments
from bot.world.github.pulls import Pulls


class GitHub(Pulls, Comments, Deployments, Artifacts, Protocol):
    """One repository, a part for each subject."""
