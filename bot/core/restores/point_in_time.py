"""A moment to go back to, and the commands that go there where others keep the recovery points.

Nothing of it is carried out by the bot: a cluster, an instance or a branch is restored as a whole,
by its own tools and by whoever may do that.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.backups.sources import (
    AzureFlexible,
    Barman,
    CloudSql,
    Neon,
    PgBackRest,
    PgBaseBackup,
    Rds,
    Source,
    Supabase,
    WalG,
)
from bot.errors import UsageError

_LSN = re.compile(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,63}")
_STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class PointInTime:
    """One of four: a time, a position in the write-ahead log, the name of a restore point, or the
    moment at which a `copy` of a cluster was complete."""

    at: datetime | None = None
    lsn: str = ""
    label: str = ""
    copy: str = ""

    @property
    def words(self) -> str:
        if self.copy:
            return f"the copy {self.copy}"
        if self.at is not None:
            return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
        return f"LSN {self.lsn}" if self.lsn else f"the restore point {self.label}"


@dataclass(frozen=True)
class WayBack:
    """`commands` in order, each on the machine that `where` says; `after` is what to do then."""

    where: str
    commands: tuple[str, ...]
    after: str


def point_in_time(text: str) -> PointInTime:
    """Read what somebody typed. Raises UsageError."""
    if _LSN.fullmatch(text):
        return PointInTime(lsn=text.upper())
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        if _NAME.fullmatch(text):
            return PointInTime(label=text)
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(
            f"{text} is no moment to go back to.",
            hint="Give a time with its zone, such as 2026-11-22T15:31:02Z, an LSN such as "
            "16/B374D848, or the name of a restore point. The audit record of the rollout and its "
            "comment have all three.",
        )
    return PointInTime(at=at)


def way_back(source: Source, point: PointInTime) -> WayBack | None:
    """None for what the bot restores itself. Raises UsageError where the vendor cannot go to such
    a point."""
    match source:
        case PgBackRest():
            return _pgbackrest(source, point)
        case Barman():
            return _barman(source, point)
        case WalG():
            return _wal_g(source, point)
        case PgBaseBackup():
            return _base_backup(point)
        case Rds():
            return _rds(source, _time(point, "RDS"))
        case CloudSql():
            return _cloud_sql(source, _time(point, "Cloud SQL"))
        case AzureFlexible():
            return _azure(source, _time(point, "Azure"))
        case Neon():
            return _neon(source, point)
        case Supabase():
            return _supabase(source, _time(point, "Supabase"))
    return None


_OWN_SERVER = "the database server, as the user postgres, while PostgreSQL is stopped"
_START = (
    "Start PostgreSQL. It replays its log up to that moment and is writable then; the other "
    "databases of the cluster go back with it."
)
_NEW = "Look at the new one, then let the target's URL lead to it, and pin its identity anew."


def _pgbackrest(source: PgBackRest, point: PointInTime) -> WayBack:
    config = [f"--config={source.config}"] if source.config else []
    kind, value = _target(point)
    return WayBack(
        _OWN_SERVER,
        (
            _line(
                "pgbackrest",
                *config,
                f"--stanza={source.stanza}",
                "--delta",
                f"--type={kind}",
                f"--target={value}",
                "--target-action=promote",
                "restore",
            ),
        ),
        _START,
    )


def _barman(source: Barman, point: PointInTime) -> WayBack:
    config = [f"--config={source.config}"] if source.config else []
    kind, value = _target(point)
    recover = _line(
        "barman", *config, "recover", f"--target-{kind}={value}", "--target-action=promote"
    )
    return WayBack(
        "the Barman server, while PostgreSQL is stopped",
        (
            _line("barman", *config, "list-backups", source.server),
            f"{recover} --remote-ssh-command='ssh postgres@DATABASE_SERVER' "
            f"{_line(source.server)} BACKUP_BEFORE_THAT /var/lib/postgresql/data",
        ),
        _START,
    )


def _wal_g(source: WalG, point: PointInTime) -> WayBack:
    config = ["--config", source.config] if source.config else []
    fetch = _line("wal-g", *config, "wal-fetch")
    return WayBack(
        _OWN_SERVER,
        (
            _line("wal-g", *config, "backup-list"),
            f'{_line("wal-g", *config, "backup-fetch")} "$PGDATA" BACKUP_BEFORE_THAT',
            *_recovering(f"{fetch} %f %p", point),
        ),
        _START,
    )


def _base_backup(point: PointInTime) -> WayBack:
    """Without an archive of its log there is no moment but that of the copy."""
    copy = shlex.quote(f"{point.copy or 'BACKUP_BEFORE_THAT'}/copy")
    return WayBack(
        _OWN_SERVER,
        (
            'mv "$PGDATA" "$PGDATA.before" && mkdir -m 700 "$PGDATA"',
            f'tar --extract --gzip --file={copy}/base.tar.gz --directory="$PGDATA"',
            f'tar --extract --gzip --file={copy}/pg_wal.tar.gz --directory="$PGDATA/pg_wal"',
            *(() if point.copy else _recovering("cp /path/to/archive/%f %p", point)),
        ),
        _START,
    )


def _recovering(fetching: str, point: PointInTime) -> Iterator[str]:
    kind, value = _target(point)
    settings = {
        "restore_command": fetching,
        f"recovery_target_{kind}": value,
        "recovery_target_action": "promote",
    }
    for name, text in settings.items():
        # For PostgreSQL first, then for the shell.
        quoted = re.sub(r'([\\"$`])', r"\\\1", text.replace("'", "''"))
        yield f'echo "{name} = \'{quoted}\'" >> "$PGDATA/postgresql.auto.conf"'
    yield 'touch "$PGDATA/recovery.signal"'


def _rds(source: Rds, at: datetime) -> WayBack:
    region = [f"--region={source.region}"] if source.region else []
    new = f"{source.name}-restored"
    if not source.cluster:
        command = _line(
            *("aws", "rds", "restore-db-instance-to-point-in-time", *region),
            f"--source-db-instance-identifier={source.name}",
            f"--target-db-instance-identifier={new}",
            f"--restore-time={at:%Y-%m-%dT%H:%M:%SZ}",
        )
        return WayBack("any machine with the AWS CLI", (command,), _NEW)
    commands = (
        _line(
            *("aws", "rds", "restore-db-cluster-to-point-in-time", *region),
            f"--source-db-cluster-identifier={source.name}",
            f"--db-cluster-identifier={new}",
            f"--restore-to-time={at:%Y-%m-%dT%H:%M:%SZ}",
        ),
        _line(
            *("aws", "rds", "create-db-instance", *region),
            f"--db-instance-identifier={new}-1",
            f"--db-cluster-identifier={new}",
            "--engine=aurora-postgresql",
            "--db-instance-class=CLASS",
        ),
    )
    return WayBack("any machine with the AWS CLI", commands, _NEW)


def _cloud_sql(source: CloudSql, at: datetime) -> WayBack:
    command = _line(
        *("gcloud", "sql", "instances", "clone", source.instance, f"{source.instance}-restored"),
        f"--project={source.project}",
        f"--point-in-time={at:{_STAMP}}",
    )
    return WayBack("any machine with gcloud", (command,), _NEW)


def _azure(source: AzureFlexible, at: datetime) -> WayBack:
    command = _line(
        *("az", "postgres", "flexible-server", "restore"),
        f"--subscription={source.subscription}",
        f"--resource-group={source.resource_group}",
        f"--source-server={source.server}",
        f"--name={source.server}-restored",
        f"--restore-time={at:%Y-%m-%dT%H:%M:%SZ}",
    )
    return WayBack("any machine with the Azure CLI", (command,), _NEW)


def _neon(source: Neon, point: PointInTime) -> WayBack:
    if point.label:
        raise _no_such("Neon", "a time or an LSN")
    moment = point.lsn or f"{point.at:{_STAMP}}"
    command = _line(
        *("neon", "branches", "restore", source.branch, f"^self@{moment}"),
        f"--preserve-under-name={source.branch}-before",
        f"--project-id={source.project}",
    )
    return WayBack(
        "any machine with Neon's CLI",
        (command,),
        "The branch has gone back in its place, and its connection string stays.",
    )


def _supabase(source: Supabase, at: datetime) -> WayBack:
    command = (
        f"curl --fail --request POST --header 'Content-Type: application/json' "
        f'--header "Authorization: Bearer ${source.token_env}" '
        f'--data \'{{"recovery_time_target_unix": "{int(at.timestamp())}"}}\' '
        f"https://api.supabase.com/v1/projects/{source.project}/database/backups/restore-pitr"
    )
    return WayBack(
        "any machine with the token",
        (command,),
        "The project goes back in its place; it is away meanwhile.",
    )


def _target(point: PointInTime) -> tuple[str, str]:
    """As PostgreSQL's settings call it, and their value."""
    if point.at is not None:
        return "time", f"{point.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    return ("lsn", point.lsn) if point.lsn else ("name", point.label)


def _time(point: PointInTime, who: str) -> datetime:
    if point.at is None:
        raise _no_such(who, "a time")
    return point.at.astimezone(UTC)


def _no_such(who: str, what: str) -> UsageError:
    return UsageError(
        f"{who} goes back to {what} only.",
        hint="The audit record of the rollout and its comment have the time.",
    )


def _line(*words: str) -> str:
    return shlex.join(words)
