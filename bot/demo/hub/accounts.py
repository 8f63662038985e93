"""Who there is on GitHub: people, apps and teams."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.hub.git import Signature


@dataclass(unsafe_hash=True)
class User:
    """A person, or the account under which an app acts. `profile` is what they show of themselves:
    `name`, `email`. `gone` is an account that was deleted: what it left behind stays."""

    id: int
    login: str
    created_at: datetime
    bot: bool = False
    profile: dict[str, str] = field(default_factory=dict, compare=False)
    gone: bool = field(default=False, compare=False)

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"

    def signed(self, at: datetime) -> Signature:
        return Signature(self.login, self.email, at)


@dataclass
class Team:
    """Some people of an organisation; `members` maps a login to `member` or `maintainer`."""

    id: int
    organisation: User
    slug: str
    name: str
    created_at: datetime
    members: dict[str, str]
