"""What the bot asks of GitHub, and tells it. Every method raises GitHubError with advice."""

from typing import Protocol

from bot.world.github.comments import Comments
from bot.world.github.deployments import Deployments
from bot.world.github.people import People
from bot.world.github.pulls import Pulls


class GitHub(Pulls, People, Comments, Deployments, Protocol):
    """One repository, a part for each subject."""
