"""A database the bot may roll out to, and what must be true before it does."""

from dataclasses import dataclass, field
from enum import StrEnum


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
    only logins that count. Timeouts are milliseconds. `max_lag` is how many of them a standby may
    be behind before batches wait for it, `batch_budget` how many they may take in one run before
    they stop at a checkpoint; 0 is no limit.
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
    max_lag: int = 10_000
    batch_budget: int = 0
    backup: BackupPolicy = field(default_factory=BackupPolicy)

    @property
    def protected(self) -> bool:
        return self.kind is Kind.PRODUCTION
