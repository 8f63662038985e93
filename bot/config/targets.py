"""The part of the configuration about targets: which databases, and how each is rolled out to."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.config.approvals import (
    Approvals,
    ApprovalsFile,
    Login,
    approval_mistakes,
    policy_of,
)
from bot.config.backups import BackupFile, backup_mistakes, backup_policy_of
from bot.config.drift import (
    Drift,
    DriftFile,
    drift_mistakes,
    drift_mode_of,
    drift_policy_of,
)
from bot.config.fleet import FleetFile, fleet_mistakes, fleet_of
from bot.config.gates import Duration, FreezeFile, WindowFile, closing_of
from bot.config.keeping import KeepFile, keep_policy_of
from bot.config.parts import Bytes, EnvironmentName, Milliseconds, StrictModel
from bot.core.rehearsals.sizes import bytes_of
from bot.core.targets.identity import Pin
from bot.core.targets.target import (
    Kind,
    ReplicaPolicy,
    Target,
    Verification,
)

Query = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(min_length=1)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s@]+$", max_length=2000)]


class IdentityFile(StrictModel):
    """Which database it is; any other is refused. `migration-bot identity TARGET` shows it."""

    system_identifier: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,20}$",
        description="The system identifier of the server, in quotes. Physical copies share it, "
        "dumps that were restored elsewhere do not.",
    )
    database: str | None = Field(
        default=None, min_length=1, description="The name of the database."
    )
    host: str | None = Field(
        default=None,
        min_length=1,
        description="The host, as it stands in the connection string. It is what tells a database "
        "from a snapshot of it.",
    )


class ReplicasFile(StrictModel):
    """How far its standbys may be behind: before a rollout begins, and between batches. The role
    needs pg_monitor."""

    lag: Milliseconds | None = Field(
        default=None,
        description="Milliseconds a standby may be late. If absent nothing waits for it to begin, "
        "and batches wait for what is more than 10,000 behind.",
    )
    behind: Bytes | None = Field(
        default=None,
        description="How much write-ahead log a standby or a replication slot may have still to "
        "receive, such as '64 MB'; not looked at if absent.",
    )
    wait: Milliseconds = Field(
        default=ReplicaPolicy().wait,
        description="Milliseconds they are given to catch up before the rollout gives up.",
    )


class AuditFile(StrictModel):
    """How rollouts are written down, besides the file that MIGRATION_BOT_AUDIT names."""

    rows: bool | None = Field(
        default=None,
        description="Whether each leaves a row in the schema `migration_bot` of the target. "
        "Production keeps them unless said otherwise.",
    )


class TargetFile(StrictModel):
    """A database the bot may roll out to."""

    kind: Literal["development", "staging", "production"]
    url_env: EnvironmentName | None = Field(
        default=None,
        description="The environment variable that holds the connection string. **Required**, "
        "unless `fleet.urls_env` is given.",
    )
    environment_url: Address | None = Field(
        default=None,
        description="Where people see what uses this database, such as https://shop.example. It is "
        "linked from its deployments on GitHub, and never connected to.",
    )
    direct_url_env: EnvironmentName | None = Field(
        default=None,
        description="The environment variable with a connection string that leads past a pooler, "
        "to the server itself: Prisma's directUrl. Where it is set it is used for everything.",
    )
    identity: IdentityFile = Field(default_factory=IdentityFile)
    replicas: ReplicasFile = Field(default_factory=ReplicasFile)
    rewrite_limit: Bytes | None = Field(
        default=None,
        description="How much disk a rollout may need for tables that are written anew, with "
        "their indexes and write-ahead log, such as '20 GB'; more is refused. PostgreSQL cannot "
        "say how much is free, so it is for you to say.",
    )
    after: str | None = Field(
        default=None, description="The target that must have applied the same text first."
    )
    approvals: Approvals = Field(default_factory=ApprovalsFile)
    approvers: list[Login] = Field(
        default=[],
        description="GitHub logins; if given, only their approvals count. Short for "
        "`approvals.by.users`.",
    )
    soak: Duration | None = Field(
        default=None,
        description="How long the target of `after` must have had the same text, such as '30m', "
        "'2h' or '1d'.",
    )
    freeze: FreezeFile | None = None
    window: WindowFile | None = None
    lock_timeout: Milliseconds = Field(
        default=Target.lock_timeout,
        ge=1,
        description="Milliseconds a statement may wait for a lock before it steps back.",
    )
    lock_budget: Milliseconds = Field(
        default=Target.lock_budget,
        description="Milliseconds to go on trying to get locks before giving up.",
    )
    lock_wait: int = Field(
        default=Target.lock_wait,
        ge=0,
        le=86_400,
        description="Seconds to wait for the migration lock while another rollout holds it.",
    )
    statement_timeout: Milliseconds = Field(
        default=Target.statement_timeout,
        description="Milliseconds a statement may run; 0 means no limit.",
    )
    batch_budget: Milliseconds = Field(
        default=Target.batch_budget,
        description="Milliseconds that the batches of a statement may take in one run; they stop "
        "at a checkpoint then, and the next run goes on. 0 means no limit.",
    )
    backup: BackupFile = Field(default_factory=BackupFile)
    keep_rows: KeepFile | bool | None = Field(
        default=None,
        description="How what migrations destroy is kept in the database itself, so that it can be "
        "given back; or whether it is. Production keeps it unless said otherwise, with the values "
        "below.",
    )
    fleet: FleetFile | None = None
    audit: AuditFile = Field(default_factory=AuditFile)
    drift: Drift = Field(default_factory=DriftFile)
    verify: list[Query] | Path = Field(
        default=[],
        description="Queries to ask after a rollout, or the path of a script of them below the "
        "checkout's top. Each must give rows, and in them nothing but true.",
    )
    verify_timeout: Milliseconds = Field(
        default=Verification().timeout,
        description="Milliseconds each of those queries may take; 0 means no limit.",
    )


def target_of(name: str, file: TargetFile) -> Target:
    kind = Kind(file.kind)
    production = kind is Kind.PRODUCTION
    fleet = fleet_of(file.fleet) if file.fleet else None
    listed = fleet.source.urls_env if fleet else None
    return Target(
        name=name,
        kind=kind,
        url_env=listed or file.url_env or "",
        after=file.after,
        approval=policy_of(file.approvals, file.approvers, production=production),
        lock_timeout=file.lock_timeout,
        lock_budget=file.lock_budget,
        lock_wait=file.lock_wait,
        statement_timeout=file.statement_timeout,
        direct_url_env=file.direct_url_env,
        identity=_pin(file.identity),
        replicas=_replica_policy(file.replicas),
        rewrite_limit=bytes_of(file.rewrite_limit) if file.rewrite_limit else None,
        batch_budget=file.batch_budget,
        backup=backup_policy_of(file.backup, production=production),
        fleet=fleet,
        audit=file.audit.rows,
        drift=drift_mode_of(file.drift),
        drift_policy=drift_policy_of(file.drift),
        verify=_verification(file),
        closing=closing_of(file.freeze, file.window, file.soak),
        environment_url=file.environment_url,
        keep_rows=keep_policy_of(file.keep_rows),
    )


def _verification(file: TargetFile) -> Verification:
    if isinstance(file.verify, str):
        return Verification(file=file.verify, timeout=file.verify_timeout)
    return Verification(queries=tuple(file.verify), timeout=file.verify_timeout)


def target_mistakes(targets: Mapping[str, TargetFile]) -> Iterator[str]:
    """What no type can say, each with its place in the file."""
    for name, target in targets.items():
        if target.after is not None and target.after not in targets:
            yield f"targets.{name}.after: there is no target {target.after}"
        if name in _chain(name, targets):
            yield f"targets.{name}.after: the order goes round in a circle"
        if target.soak is not None and target.after is None:
            yield f"targets.{name}.soak: it is counted from `after`, which is missing"
        yield from backup_mistakes(
            f"targets.{name}.backup", target.backup, production=target.kind == "production"
        )
        yield from drift_mistakes(f"targets.{name}.drift", target.drift)
        yield from approval_mistakes(
            f"targets.{name}",
            target.approvals,
            target.approvers,
            production=target.kind == "production",
        )
        if target.fleet is not None:
            yield from fleet_mistakes(f"targets.{name}.fleet", target.fleet, target.url_env)
        elif target.url_env is None:
            yield f"targets.{name}.url_env: field required"


def _chain(name: str, targets: Mapping[str, TargetFile]) -> list[str]:
    """The targets that come before one, following `after`; each at most once."""
    chain: list[str] = []
    after = targets[name].after
    while after is not None and after in targets and after not in chain:
        chain.append(after)
        after = targets[after].after
    return chain


def _pin(file: IdentityFile) -> Pin:
    return Pin(file.system_identifier or "", file.database or "", file.host or "")


def _replica_policy(file: ReplicasFile) -> ReplicaPolicy:
    behind = bytes_of(file.behind) if file.behind else None
    return ReplicaPolicy(lag=file.lag, behind=behind, wait=file.wait)
