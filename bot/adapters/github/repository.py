"""One repository on GitHub, as world.GitHub describes it."""

from collections.abc import Callable

from github import Github

from bot.adapters.github.artifacts import Artifacts
from bot.adapters.github.checks import Checks
from bot.adapters.github.client import connect, patience_with
from bot.adapters.github.comments import Clean, Comments
from bot.adapters.github.conversation import Conversation
from bot.adapters.github.deployments import Deployments
from bot.adapters.github.issues import Issues
from bot.adapters.github.labels import Labels
from bot.adapters.github.looking import Looking
from bot.adapters.github.people import People
from bot.adapters.github.pulls import Pulls
from bot.adapters.github.reviewers import ReviewRequests
from bot.adapters.github.runs import Runs
from bot.adapters.github.threads import Threads


class GitHubRepository(
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
):
    """Everything the bot asks of one repository. `name` is `owner/name`."""

    def __init__(
        self, client: Github, name: str, *, clean: Clean, login: str | None = None
    ) -> None:
        repository = client.get_repo(name)
        Pulls.__init__(self, repository)
        Comments.__init__(self, client, repository, clean, login)
        People.__init__(self, client, name)
        Conversation.__init__(self, repository, me=lambda: self._me)
        Runs.__init__(self, repository)
        Deployments.__init__(self, repository, clean)
        Checks.__init__(self, repository, clean)
        Threads.__init__(self, client, name)
        Labels.__init__(self, repository)
        ReviewRequests.__init__(self, repository)
        Artifacts.__init__(self, repository)
        Issues.__init__(self, repository, clean, me=lambda: self._me)
        Looking.__init__(self, repository, name)


def open_repository(
    name: str,
    token: str,
    *,
    api_url: str,
    clean: Clean,
    login: str | None = None,
    say: Callable[[str], None] | None = None,
    budget: float | None = None,
) -> GitHubRepository:
    """Raises nothing yet: the first request is made when something is asked.

    `say` is told of waits; `budget` are the seconds that all calls together may lose to them.
    """
    client = connect(token, api_url=api_url, patience=patience_with(api_url, say, budget))
    return GitHubRepository(client, name, clean=clean, login=login)
