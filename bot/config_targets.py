"""What the configuration file says of a target's database and of what follows it."""

from typing import Annotated

from pydantic import Field

from bot.config_rules import StrictModel
from bot.core.identity import Pin
from bot.core.sizes import SIZE_PATTERN, bytes_of
from bot.core.target import ReplicaPolicy

EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Bytes = Annotated[str, Field(pattern=SIZE_PATTERN)]
Milliseconds = Annotated[int, Field(ge=0, le=86_400_000)]


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


def pin(file: IdentityFile) -> Pin:
    return Pin(file.system_identifier or "", file.database or "", file.host or "")


def replica_policy(file: ReplicasFile) -> ReplicaPolicy:
    behind = bytes_of(file.behind) if file.behind else None
    return ReplicaPolicy(lag=file.lag, behind=behind, wait=file.wait)
