"""One repository on GitHub, as world.GitHub describes it."""

from github import Github

from bot.adapters.github.client import connect
from bot.adapters.github.comments import Clean, Comments
from bot.adapters.github.deployments import Deployments
from bot.adapters.github.people import People
from bot.adapters.github.pulls import Pulls


class GitHubRepository(Pulls, People, Comments, Deployments):
    """Everything the bot asks of one repository. `name` is `owner/name`."""

    def __init__(
        self, client: Github, name: str, *, clean: Clean, login: str | None = None
    ) -> None:
        repository = client.get_repo(name)
        Pulls.__init__(self, repository)
        People.__init__(self, client, name)
        Comments.__init__(self, client, repository, clean, login)
        Deployments.__init__(self, repository, clean)


def open_repository(
    name: str, token: str, *, api_url: str, clean: Clean, login: str | None = None
) -> GitHubRepository:
    """Raises nothing yet: the first request is made when something is asked."""
    return GitHubRepository(connect(token, api_url=api_url), name, clean=clean, login=login)
