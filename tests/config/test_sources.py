"""The part of the configuration about where backups come from."""

from datetime import timedelta

import pytest

from bot.config.file import read_settings
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
from bot.errors import UsageError


def policy(text: str, *, kind: str = "production") -> BackupPolicy:
    indented = "\n".join(f"      {line}" for line in text.splitlines())
    head = f"targets:\n  p:\n    kind: {kind}\n    url_env: P\n    backup:\n"
    head += f"      directory: x\n{indented}\n"
    return read_settings(head, path="x").target("p").backup


def test_without_a_word_it_is_a_dump_of_everything_that_is_restored_for_production() -> None:
    found = policy("")
    assert found.source == PgDump(Tables.ALL)
    assert (found.level, found.budget) == (Level.RESTORE, 600.0)
    assert policy("", kind="staging").level is Level.DECODE


def test_levels_times_and_tables_are_read() -> None:
    found = policy(
        "level: content\ntables: touched\nbudget: 2h\nmax_age: 90m\ntested_within: 7d\n"
        "tested_file: ops/restored\nmake: false"
    )
    assert found.level is Level.CONTENT
    assert found.touched_only
    assert found.budget == 7200.0
    assert (found.max_age, found.tested_within) == (timedelta(minutes=90), timedelta(days=7))
    assert (found.tested_file, found.make) == ("ops/restored", False)
    assert policy("budget: none").budget == 0.0


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("provider: pg_basebackup", PgBaseBackup()),
        ("provider: pgbackrest\npgbackrest: {stanza: main}", PgBackRest("main")),
        ("provider: barman\nbarman: {server: p, config: /etc/b}", Barman("p", "/etc/b")),
        ("provider: wal-g", WalG()),
        ("provider: wal-g\nwal-g: {config: /etc/w.yaml}", WalG("/etc/w.yaml")),
        ("provider: rds\nrds: {instance: p, region: eu-central-1}", Rds("p", "eu-central-1")),
        ("provider: aurora\naurora: {cluster: p}", Rds("p", cluster=True)),
        ("provider: cloud-sql\ncloud-sql: {project: a, instance: b}", CloudSql("a", "b")),
        (
            "provider: azure\nazure: {subscription: s, resource_group: g, server: p}",
            AzureFlexible("s", "g", "p"),
        ),
        ("provider: neon\nneon: {project: a, branch: br-1}", Neon("a", "br-1")),
        ("provider: neon\nneon: {project: a, branch: b, kind: snapshot}", Neon("a", "b", True)),
        ("provider: supabase\nsupabase: {project: r, token_env: T}", Supabase("r", "T")),
        (
            "provider: command\ncommand: [./b, now]\nenvironment: [A]\ntimeout: 5m\nlevel: decode",
            Command(("./b", "now"), ("A",), 300.0),
        ),
    ],
)
def test_every_provider_is_read(text: str, source: Source) -> None:
    found = policy(f"{text}\ntested_file: ops/restored")
    assert found.source == source
    assert found.elsewhere is not isinstance(source, PgBaseBackup | Command)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("provider: rds", "targets.p.backup.rds is missing: the provider is rds"),
        ("rds: {instance: p}", "targets.p.backup.rds: the provider is pg_dump"),
        ("provider: command", "targets.p.backup.command is missing"),
        ("command: [x]", "targets.p.backup.command: the provider is pg_dump"),
        ("provider: pg_basebackup\ntables: touched", "pg_basebackup has no part of a database"),
        ("provider: pg_basebackup\nlevel: content", "only a dump of pg_dump can be compared"),
        ("provider: command\ncommand: [x]", "what a command leaves is read and not restored"),
        ("provider: command\ncommand: [x]\ngives: recovery-point", "tested_file is missing"),
        ("provider: wal-g", "targets.p.backup.tested_file is missing: level restore asks"),
        ("provider: pg_dunp", "provider"),
        ("level: hope", "level"),
        ("budget: 10", "budget"),
        ("provider: neon\nneon: {project: a, brunch: b}", "brunch"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, mistake: str) -> None:
    with pytest.raises(UsageError) as caught:
        policy(text)
    assert mistake in caught.value.message + caught.value.hint


def test_a_target_that_restores_nothing_needs_no_date_of_a_restore() -> None:
    assert policy("provider: wal-g", kind="staging").tested_file is None
    assert policy("provider: wal-g\nlevel: decode").level is Level.DECODE
