"""Where a target's backups come from: one value for each provider, with what it has to know."""

from dataclasses import dataclass
from enum import StrEnum


class Tables(StrEnum):
    """Whose rows a dump has. The schema is always whole."""

    ALL = "all"
    TOUCHED = "touched"


@dataclass(frozen=True)
class PgDump:
    """A dump of the database, by PostgreSQL's own program."""

    tables: Tables = Tables.ALL


@dataclass(frozen=True)
class PgBaseBackup:
    """A copy of the whole cluster, by PostgreSQL's own program."""


@dataclass(frozen=True)
class Command:
    """A program of the operator's own. `environment` names what it is handed of ours; `timeout` is
    in seconds. It leaves files, or, if `tells` is set, tells of a recovery point."""

    arguments: tuple[str, ...]
    environment: tuple[str, ...] = ()
    timeout: float = 3600.0
    tells: bool = False


@dataclass(frozen=True)
class PgBackRest:
    stanza: str
    config: str | None = None


@dataclass(frozen=True)
class Barman:
    server: str
    config: str | None = None


@dataclass(frozen=True)
class WalG:
    config: str | None = None


@dataclass(frozen=True)
class Rds:
    """`cluster` says that it is Aurora, whose snapshots are of a cluster."""

    name: str
    region: str | None = None
    cluster: bool = False


@dataclass(frozen=True)
class CloudSql:
    project: str
    instance: str
    token_env: str = "GOOGLE_ACCESS_TOKEN"


@dataclass(frozen=True)
class AzureFlexible:
    subscription: str
    resource_group: str
    server: str
    token_env: str = "AZURE_ACCESS_TOKEN"


@dataclass(frozen=True)
class Neon:
    """`snapshot` takes a snapshot of the branch in place of a branch of it."""

    project: str
    branch: str
    snapshot: bool = False
    token_env: str = "NEON_API_KEY"


@dataclass(frozen=True)
class Supabase:
    project: str
    token_env: str = "SUPABASE_ACCESS_TOKEN"


Copying = PgDump | PgBaseBackup | Command
"""What gives files. A command may tell of a recovery point instead."""

Archive = PgBackRest | Barman | WalG
"""What reads an archive of the server's own."""

Managed = Rds | CloudSql | AzureFlexible | Neon | Supabase
"""What asks a vendor."""

Source = Copying | Archive | Managed

_WORDS: dict[type[Source], str] = {
    PgDump: "pg_dump",
    PgBaseBackup: "pg_basebackup",
    PgBackRest: "pgBackRest",
    Barman: "Barman",
    WalG: "WAL-G",
    CloudSql: "Cloud SQL",
    AzureFlexible: "Azure",
    Neon: "Neon",
    Supabase: "Supabase",
}


def words_of(source: Source) -> str:
    """Who takes or keeps the backups, by their own name."""
    if isinstance(source, Rds):
        return "Aurora" if source.cluster else "RDS"
    if isinstance(source, Command):
        return source.arguments[0]
    return _WORDS[type(source)]


def makes_points(source: Source) -> bool:
    """Whether a recovery point can be asked for. Supabase makes its own when it likes, and an
    archive's next base backup is a matter of hours."""
    if isinstance(source, Command):
        return source.tells
    return isinstance(source, Managed) and not isinstance(source, Supabase)
