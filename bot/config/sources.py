"""The part of a target's configuration about where its backups come from."""

from typing import Annotated, Literal

from pydantic import Field

from bot.config.gates import Duration
from bot.config.parts import EnvironmentName, StrictModel
from bot.core.backups.sources import AzureFlexible, CloudSql, Neon, Supabase

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
FilePath = Annotated[str, Field(min_length=1)]
Argument = Annotated[str, Field(min_length=1)]


Provider = Literal[
    "pg_dump",
    "pg_basebackup",
    "command",
    "pgbackrest",
    "barman",
    "wal-g",
    "rds",
    "aurora",
    "cloud-sql",
    "azure",
    "neon",
    "supabase",
]


class PgBackRestFile(StrictModel):
    """For `provider: pgbackrest`. Its own program has to be on this machine."""

    stanza: Name
    config: FilePath | None = Field(
        default=None, description="pgBackRest's own configuration file, if not where it looks."
    )


class BarmanFile(StrictModel):
    """For `provider: barman`. Its own program has to be on this machine."""

    server: Name = Field(description="The server's name in Barman's configuration.")
    config: FilePath | None = Field(
        default=None, description="Barman's own configuration file, if not where it looks."
    )


class WalGFile(StrictModel):
    """For `provider: wal-g`. Its own program has to be on this machine."""

    config: FilePath | None = Field(
        default=None, description="WAL-G's own configuration file, if not where it looks."
    )


class RdsFile(StrictModel):
    """For `provider: rds`. Credentials are found as boto3 finds them."""

    instance: Name
    region: Name | None = Field(default=None, description="If the environment names none.")


class AuroraFile(StrictModel):
    """For `provider: aurora`. Credentials are found as boto3 finds them."""

    cluster: Name
    region: Name | None = Field(default=None, description="If the environment names none.")


class CloudSqlFile(StrictModel):
    """For `provider: cloud-sql`."""

    project: Name
    instance: Name
    token_env: EnvironmentName = Field(
        default=CloudSql.token_env,
        description="The environment variable that holds an OAuth access token, as "
        "`gcloud auth print-access-token` prints one.",
    )


class AzureFile(StrictModel):
    """For `provider: azure`: a flexible server."""

    subscription: Name
    resource_group: Annotated[str, Field(min_length=1, max_length=90, pattern=r"^[\w().-]+$")]
    server: Name
    token_env: EnvironmentName = Field(
        default=AzureFlexible.token_env,
        description="The environment variable that holds an access token, as "
        "`az account get-access-token` prints one.",
    )


class NeonFile(StrictModel):
    """For `provider: neon`."""

    project: Name
    branch: Name = Field(description="The id of the branch that the target is, such as br-….")
    kind: Literal["branch", "snapshot"] = Field(
        default="branch", description="What is made of it before a rollout."
    )
    token_env: EnvironmentName = Field(
        default=Neon.token_env, description="The environment variable that holds an API key."
    )


class SupabaseFile(StrictModel):
    """For `provider: supabase`, whose backups are made by Supabase alone."""

    project: Name = Field(description="The project's reference.")
    token_env: EnvironmentName = Field(
        default=Supabase.token_env,
        description="The environment variable that holds an access token.",
    )


class SourceFile(StrictModel):
    """Where backups come from, and how far they are proved."""

    provider: Provider = Field(
        default="pg_dump",
        description="What takes the backup, or knows of a recovery point that is kept elsewhere.",
    )
    level: Literal["decode", "restore", "content"] | None = Field(
        default=None,
        description="How far a backup is proved before a rollout: every file read to its end; "
        "restored, with the same schema and as many rows; or with the same rows in the tables "
        "that the rollout touches. Of a recovery point, `restore` asks for a restore that "
        "somebody did not long ago. Production has `restore`, others have `decode`.",
    )
    tables: Literal["all", "touched"] = Field(
        default="all",
        description="For `pg_dump`: whose rows are dumped. The rows of touched tables are of one "
        "moment, and what they refer to in other tables is not in the dump.",
    )
    budget: Duration | Literal["none"] = Field(
        default="10m",
        description="How long taking and proving a backup may take, by what is predicted of it.",
    )
    make: bool = Field(
        default=True,
        description="Whether a recovery point is made before a rollout, where the provider can; "
        "else a recent one is looked for.",
    )
    max_age: Duration = Field(
        default="24h", description="How old the recovery point may be that a rollout relies on."
    )
    tested_within: Duration = Field(
        default="30d", description="How long ago somebody may last have restored from there."
    )
    tested_file: FilePath | None = Field(
        default=None,
        description="A file, relative to the checkout, with the moment of that restore in it, "
        "such as 2026-11-23T09:00:00Z.",
    )
    command: list[Argument] | None = Field(
        default=None,
        min_length=1,
        description="For `command`: a program and its arguments; no shell reads them.",
    )
    environment: list[EnvironmentName] = Field(
        default=[], description="For `command`: the environment variables that it is handed."
    )
    gives: Literal["files", "recovery-point"] = Field(
        default="files",
        description="For `command`: whether it leaves files in MIGRATION_BOT_BACKUP_DIRECTORY, or "
        "prints JSON about a recovery point.",
    )
    timeout: Duration = Field(
        default="60m",
        description="How long a `command` may run, or a provider may take to make a recovery "
        "point.",
    )
    pgbackrest: PgBackRestFile | None = None
    barman: BarmanFile | None = None
    wal_g: WalGFile | None = Field(default=None, alias="wal-g")
    rds: RdsFile | None = None
    aurora: AuroraFile | None = None
    cloud_sql: CloudSqlFile | None = Field(default=None, alias="cloud-sql")
    azure: AzureFile | None = None
    neon: NeonFile | None = None
    supabase: SupabaseFile | None = None
