"""A database the bot may roll out to, and what must be true before it does."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.fleet import Fleet


class Kind(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True)
class BackupPolicy:
    """Whether a backup is taken and proved before a rollout, and where it is kept.

    `directory` is a path on the machine that runs the bot; relative paths start at the checkout.
    """

    required: bool = False
    directory: str = ".migration-bot/backups"


@dataclass(frozen=True)
class Target:
    """`url_env` names the environment variable that holds the connection string.

    `after` is the target that must have applied the same text first. `approvals` is how many people
    other than the author must have approved exactly this text; `approvers`, if not empty, are the
    only logins that count. Timeouts are milliseconds. `fleet` says that it is many databases; then
    `url_env` is where they are listed, or the database that lists them.
    """

    name: str
    kind: Kind
    url_env: str
    after: str | None = None
    approvals: int = 0
    approvers: tuple[str, ...] = ()
    lock_timeout: int = 100
    lock_budget: int = 600_000
    statement_timeout: int = 0
    backup: BackupPolicy = field(default_factory=BackupPolicy)
    fleet: Fleet | None = None

    @property
    def protected(self) -> bool:
        return self.kind is Kind.PRODUCTION
