"""PyGithub against the hub."""

from collections.abc import Callable, Iterator

import pytest
from github import Auth, Github
from github.Repository import Repository

from bot.demo.hub import Hub
from bot.demo.hub.state import ACTIONS_BOT
from tests.hub import EVERYTHING, SECOND, SHOP

Connect = Callable[..., Repository]


@pytest.fixture
def connect(hub: Hub) -> Iterator[Connect]:
    """A PyGithub repository for a login with some permissions; all of them unless said."""
    opened: list[Github] = []

    def connect(login: str = ACTIONS_BOT, **permissions: str) -> Repository:
        token = hub.token(login, permissions=permissions or EVERYTHING)
        client = client_for(hub, token, lazy=True)
        opened.append(client)
        return client.get_repo(SHOP)

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
def repository(connect: Connect) -> Repository:
    return connect()


@pytest.fixture
def pull(hub: Hub) -> int:
    """An open pull request of ada's with one new migration."""
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\n"}, author="ada", message="Add the second")
    event = hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
    number: int = event.payload["number"]
    return number


def client_for(hub: Hub, token: str, *, lazy: bool = False) -> Github:
    return Github(
        base_url=hub.api_url,
        auth=Auth.Token(token),
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=lazy,
        api_version="2022-11-28",
    )
