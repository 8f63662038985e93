"""A database the bot may roll out to, and what must be true before it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.approvals.approval_policy import ApprovalPolicy
from bot.core.backups.policy import BackupPolicy
from bot.core.drift.policy import DriftMode as DriftMode
from bot.core.drift.policy import DriftPolicy
from bot.core.gates.closing import Closing
from bot.core.kept.policy import KeepPolicy
from bot.core.targets.fleet import Fleet
from bot.core.targets.identity import Pin


class Kind(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


_DRIFT = {
    Kind.DEVELOPMENT: DriftMode.OFF,
    Kind.STAGING: DriftMode.REPORT,
    Kind.PRODUCTION: DriftMode.REFUSE,
}

# Milliseconds, where a target says nothing.
_BATCH_LAG = 10_000


@dataclass(frozen=True)
class Verification:
    """Queries of the target's own, asked after a rollout: each has to give rows, and in them
    nothing but true. `file` is a script of more of them, below the checkout's top. `timeout` is
    milliseconds for each."""

    queries: tuple[str, ...] = ()
    file: str | None = None
    timeout: int = 30_000


@dataclass(frozen=True)
class ReplicaPolicy:
    """How far standbys and slots may be behind for a rollout to begin: `lag` in milliseconds,
    `behind` in bytes; None is not looked at. `wait` is how many milliseconds they have to catch
    up. Batches, whose own load it is, wait for a standby at `batch_lag`."""

    lag: int | None = None
    behind: int | None = None
    wait: int = 600_000

    @property
    def watched(self) -> bool:
        return self.lag is not None or self.behind is not None

    @property
    def batch_lag(self) -> int:
        """Milliseconds."""
        return _BATCH_LAG if self.lag is None else self.lag


@dataclass(frozen=True)
class Target:
    """`url_env` names the environment variable that holds the connection string, `direct_url_env`
    one that leads past a pooler (Prisma's `directUrl`) and is used in its place where it is set.

    `identity` is what the database must be. `rewrite_limit` is how many bytes a rollout may need
    for tables that are written anew; None is no limit.
    `after` is the target that must have applied the same text first. `approval` says who must have
    approved exactly this text. Timeouts are milliseconds; `lock_wait`, how long to wait for the
    migration lock while somebody else holds it, is seconds. `batch_budget` is how many milliseconds
    batches may take in one run before they stop at a checkpoint; 0 is no limit. `drift` is None for
    what its kind has, `drift_policy` what of a difference counts. `closing` says
    when it takes no rollouts.

    `environment_url` is where people see what uses it.
    `fleet` says that it is many databases; then `url_env` is where they are listed, or the database
    that lists them. `audit` says whether rollouts leave rows there; None for what its kind has.
    `keep_rows` is how what migrations destroy is kept, or whether; None for what its kind has.
    """

    name: str
    kind: Kind
    url_env: str
    after: str | None = None
    approval: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    lock_timeout: int = 100
    lock_budget: int = 600_000
    lock_wait: int = 60
    statement_timeout: int = 0
    batch_budget: int = 0
    backup: BackupPolicy = field(default_factory=BackupPolicy)
    direct_url_env: str | None = None
    identity: Pin = field(default_factory=Pin)
    replicas: ReplicaPolicy = field(default_factory=ReplicaPolicy)
    rewrite_limit: int | None = None
    drift: DriftMode | None = None
    drift_policy: DriftPolicy = field(default_factory=DriftPolicy)
    verify: Verification = field(default_factory=Verification)
    fleet: Fleet | None = None
    closing: Closing = field(default_factory=Closing)
    audit: bool | None = None
    environment_url: str | None = None
    keep_rows: KeepPolicy | bool | None = None

    def variable(self, environ: Mapping[str, str]) -> str:
        """The environment variable to connect by."""
        direct = self.direct_url_env
        return direct if direct and environ.get(direct) else self.url_env

    def is_set(self, environ: Mapping[str, str]) -> bool:
        """Whether there is a connection string for it."""
        return bool(environ.get(self.variable(environ)))

    @property
    def approvals(self) -> int:
        """How many people must have approved whatever asks for the most."""
        return self.approval.most

    @property
    def drift_mode(self) -> DriftMode:
        return self.drift or _DRIFT[self.kind]

    @property
    def audit_rows(self) -> bool:
        """Whether rollouts are written down in the database itself."""
        return self.kind is Kind.PRODUCTION if self.audit is None else self.audit

    @property
    def keeping(self) -> KeepPolicy | None:
        """How what migrations destroy is kept there; None if it is not."""
        if isinstance(self.keep_rows, KeepPolicy):
            return self.keep_rows
        wanted = self.kind is Kind.PRODUCTION if self.keep_rows is None else self.keep_rows
        return KeepPolicy() if wanted else None
