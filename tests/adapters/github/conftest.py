"""The bot's own GitHub adapter against the hub, every call held to GitHub's description."""

from collections.abc import Callable

import pytest

from bot.adapters.github.repository import GitHubRepository, open_repository
from bot.demo.hub import Hub
from tests.hub import SECOND, SHOP

Open = Callable[..., GitHubRepository]
DEPLOYS = {"contents": "read", "pull_requests": "write", "deployments": "write"}


@pytest.fixture
def open_shop(hub: Hub) -> Open:
    """The shop as the bot sees it; with the deploy job's permissions unless others are given."""

    def open_shop(login: str | None = None, **permissions: str) -> GitHubRepository:
        token = (
            hub.token(login, permissions=permissions or DEPLOYS)
            if login
            else hub.token(permissions=permissions or DEPLOYS)
        )
        return open_repository(
            SHOP, token, api_url=hub.api_url, clean=lambda text: text.replace("hunter2", "***")
        )

    return open_shop


@pytest.fixture
def shop(open_shop: Open) -> GitHubRepository:
    return open_shop()


@pytest.fixture
def number(hub: Hub) -> int:
    """An open pull request of ada's with one new migration."""
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\n"}, author="ada", message="Add the second")
    event = hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
    found: int = event.payload["number"]
    return found
