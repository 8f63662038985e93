"""Where a target's backups come from, as the policy has it, and what no type can say of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.config.gates import span_of
from bot.config.sources import AuroraFile, NeonFile, RdsFile, SourceFile
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.sources import (
    AzureFlexible,
    Barman,
    CloudSql,
    Command,
    Neon,
    PgBackRest,
    PgBaseBackup,
    PgDump,
    Rds,
    Source,
    Supabase,
    Tables,
    WalG,
)


def _rds(file: RdsFile) -> Source:
    return Rds(file.instance, file.region)


def _aurora(file: AuroraFile) -> Source:
    return Rds(file.cluster, file.region, cluster=True)


def _neon(file: NeonFile) -> Source:
    return Neon(file.project, file.branch, file.kind == "snapshot", file.token_env)


def _as(kind: Callable[..., Source]) -> Callable[[Any], Source]:
    """For those whose keys are the value's own."""
    return lambda file: kind(**dict(file))


_OPTIONS: dict[str, tuple[str, Callable[[Any], Source]]] = {
    "pgbackrest": ("pgbackrest", _as(PgBackRest)),
    "barman": ("barman", _as(Barman)),
    "wal-g": ("wal_g", _as(WalG)),
    "rds": ("rds", _rds),
    "aurora": ("aurora", _aurora),
    "cloud-sql": ("cloud_sql", _as(CloudSql)),
    "azure": ("azure", _as(AzureFlexible)),
    "neon": ("neon", _neon),
    "supabase": ("supabase", _as(Supabase)),
}
# What has to be known of it is on this machine already.
_WITHOUT_OPTIONS = frozenset({"wal-g"})


def source_of(file: SourceFile) -> Source:
    if file.provider == "pg_dump":
        return PgDump(Tables(file.tables))
    if file.provider == "pg_basebackup":
        return PgBaseBackup()
    if file.provider == "command":
        timeout = span_of(file.timeout).total_seconds()
        arguments, tells = tuple(file.command or ()), file.gives == "recovery-point"
        return Command(arguments, tuple(file.environment), timeout, tells)
    field, read = _OPTIONS[file.provider]
    options = getattr(file, field)
    return WalG() if options is None else read(options)


def level_of(file: SourceFile, *, production: bool) -> Level:
    if file.level is None:
        return Level.RESTORE if production else Level.DECODE
    return Level(file.level)


def sourced(policy: BackupPolicy, file: SourceFile, *, production: bool) -> BackupPolicy:
    """The policy, with what the file says of where backups come from."""
    budget = 0.0 if file.budget == "none" else span_of(file.budget).total_seconds()
    return replace(
        policy,
        source=source_of(file),
        level=level_of(file, production=production),
        budget=budget,
        make=file.make,
        max_age=span_of(file.max_age),
        tested_within=span_of(file.tested_within),
        tested_file=file.tested_file,
        timeout=span_of(file.timeout).total_seconds(),
    )


def source_mistakes(place: str, file: SourceFile, *, production: bool) -> Iterator[str]:
    """What no type can say; `place` is where it stands in the configuration."""
    provider = file.provider
    for name, (field, _) in _OPTIONS.items():
        given = getattr(file, field) is not None
        if given and name != provider:
            yield f"{place}.{name}: the provider is {provider}"
        if not given and name == provider and name not in _WITHOUT_OPTIONS:
            yield f"{place}.{name} is missing: the provider is {name}"
    if provider == "command" and file.command is None:
        yield f"{place}.command is missing: the provider is command"
    if provider != "command" and file.command is not None:
        yield f"{place}.command: the provider is {provider}"
    if file.tables == "touched" and provider != "pg_dump":
        yield f"{place}.tables: {provider} has no part of a database; pg_dump has"
    yield from _level_mistakes(place, file, level_of(file, production=production))


def _level_mistakes(place: str, file: SourceFile, level: Level) -> Iterator[str]:
    if level is Level.CONTENT and file.provider != "pg_dump":
        yield f"{place}.level: only a dump of pg_dump can be compared row by row"
    files = file.provider == "command" and file.gives == "files"
    if level is Level.RESTORE and files:
        yield f"{place}.level: what a command leaves is read and not restored; set it to decode"
    elsewhere = file.provider in _OPTIONS or (file.provider == "command" and not files)
    if elsewhere and level is Level.RESTORE and file.tested_file is None:
        yield (
            f"{place}.tested_file is missing: level restore asks when somebody last restored "
            f"from {file.provider}"
        )
