"""A database the bot may roll out to, and what must be true before it does."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class DriftMode(StrEnum):
    """What becomes of a rollout to a target whose schema is not what its migrations make."""

    REFUSE = "refuse"
    REPORT = "report"
    OFF = "off"
    """Nobody looks."""


_DRIFT = {
    Kind.DEVELOPMENT: DriftMode.OFF,
    Kind.STAGING: DriftMode.REPORT,
    Kind.PRODUCTION: DriftMode.REFUSE,
}


@dataclass(frozen=True)
class Verification:
    """Queries of the target's own, asked after a rollout: each has to give rows, and in them
    nothing but true. `file` is a script of more of them, below the checkout's top. `timeout` is
    milliseconds for each."""

    queries: tuple[str, ...] = ()
    file: str | None = None
    timeout: int = 30_000


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
    only logins that count. Timeouts are milliseconds. `drift` is None for what its kind has.
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
    drift: DriftMode | None = None
    verify: Verification = field(default_factory=Verification)

    @property
    def drift_mode(self) -> DriftMode:
        return self.drift or _DRIFT[self.kind]

    @property
    def protected(self) -> bool:
        return self.kind is Kind.PRODUCTION
