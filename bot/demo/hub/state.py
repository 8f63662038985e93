"""Everything the hub remembers, apart from what its git repositories hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import RLock

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.records import Repository
from bot.demo.hub.refusal import not_found
from bot.demo.hub.store import Store
from bot.demo.hub.tokens import Token

ACTIONS_BOT = "github-actions[bot]"
ACTIONS_BOT_ID = 41898282


@dataclass
class State:
    """All users, repositories and tokens, with the clock and the counter that they share."""

    root: Path
    clock: Callable[[], datetime]
    users: dict[str, User] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    teams: dict[tuple[str, str], Team] = field(default_factory=dict)
    store: Store = field(default_factory=Store)
    lock: RLock = field(default_factory=RLock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1001))

    def now(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def next_id(self) -> int:
        return next(self.numbers)

    def user(self, login: str) -> User:
        """The user of that login, who is new if nobody has met them before."""
        if login not in self.users:
            identity = ACTIONS_BOT_ID if login == ACTIONS_BOT else self.next_id()
            self.users[login] = User(identity, login, self.now(), bot=login.endswith("[bot]"))
        return self.users[login]

    def repository(self, full_name: str) -> Repository:
        found = self.repositories.get(full_name.lower())
        if found is None:
            raise not_found()
        return found

    def team(self, organisation: str, slug: str) -> Team:
        found = self.teams.get((organisation.lower(), slug))
        if found is None:
            raise not_found()
        return found
