"""What is said of a role's rights, and the statement that grants what is missing."""

from dataclasses import replace

import pytest

from bot.core.backups.policy import BackupPolicy
from bot.core.backups.sources import Command, PgBaseBackup
from bot.core.doctor.access import Access
from bot.core.doctor.check import State
from bot.core.settings import default_targets
from bot.core.targets.server import Rights, ServerFacts
from bot.doctor import privileges as doctor

TARGETS = default_targets()
STAGING, PRODUCTION = TARGETS["staging"], TARGETS["production"]
FACTS = ServerFacts("18.1", 18, "app", False, False, role='the "bot"')
COPIED = replace(PRODUCTION, backup=BackupPolicy(required=True, source=PgBaseBackup()))


def with_rights(rights: Rights) -> ServerFacts:
    return replace(FACTS, rights=rights)


def test_a_superuser_is_not_needed() -> None:
    assert doctor.superuser(FACTS, Access(superuser=True)).state is State.WARN
    assert doctor.superuser(FACTS, Access()).state is State.PASS


@pytest.mark.parametrize(
    ("rights", "state", "grant"),
    [
        (
            Rights(create_in_schema=False, history=None),
            State.FAIL,
            'GRANT CREATE ON SCHEMA "public" TO "the ""bot""";',
        ),
        (
            Rights(create_in_schema=False),
            State.WARN,
            'GRANT CREATE ON SCHEMA "public" TO "the ""bot""";',
        ),
        (
            Rights(history=False),
            State.FAIL,
            'GRANT SELECT, INSERT, UPDATE, DELETE ON "public"._prisma_migrations TO',
        ),
        (Rights(every_row=False), State.FAIL, '"public"._prisma_migrations DISABLE ROW LEVEL'),
    ],
)
def test_what_the_migrations_table_needs(rights: Rights, state: State, grant: str) -> None:
    found = doctor.history(with_rights(rights))
    assert found.state is state
    assert grant in found.advice


def test_a_schema_that_is_not_there_has_to_be_made() -> None:
    facts = replace(FACTS, has_schema=False, rights=Rights(create_schema=False, history=None))
    found = doctor.history(facts)
    assert found.state is State.FAIL
    assert 'GRANT CREATE ON DATABASE "app" TO' in found.advice
    may = replace(facts, rights=Rights(create_in_schema=False, history=None))
    assert doctor.history(may).state is State.PASS


@pytest.mark.parametrize("history", [None, True])
def test_a_role_with_the_rights_is_quiet(history: bool | None) -> None:
    assert doctor.history(with_rights(Rights(history=history))).state is State.PASS


def test_tables_of_others_are_counted() -> None:
    found = doctor.ownership(FACTS, Access(others={"app": 12, "ada": 1}))
    assert found.state is State.WARN
    assert "12 tables of the schema public belong to app" in found.said
    assert 'GRANT "app" TO "the ""bot"""' in found.advice
    assert doctor.ownership(FACTS, Access()).state is State.PASS


def test_sessions_that_are_not_seen() -> None:
    blind = doctor.sessions(with_rights(Rights(see_everybody=False)))
    assert blind.state is State.WARN
    assert "GRANT pg_read_all_stats TO" in blind.advice
    assert doctor.sessions(FACTS).state is State.PASS


def test_a_place_for_kept_rows_and_audit_rows() -> None:
    bare = with_rights(Rights(create_schema=False))
    assert doctor.shelf(PRODUCTION, bare, Access()).state is State.WARN
    advice = doctor.shelf(PRODUCTION, bare, Access()).advice
    assert "CREATE SCHEMA migration_bot AUTHORIZATION" in advice
    foreign = doctor.shelf(PRODUCTION, FACTS, Access(shelf=False))
    assert "GRANT USAGE, CREATE ON SCHEMA migration_bot TO" in foreign.advice


def test_a_place_that_is_there_or_is_not_wanted_is_quiet() -> None:
    bare = with_rights(Rights(create_schema=False))
    assert doctor.shelf(PRODUCTION, bare, Access(shelf=True)).state is State.PASS
    assert doctor.shelf(PRODUCTION, FACTS, Access()).state is State.PASS
    assert doctor.shelf(STAGING, bare, Access()).state is State.SKIPPED


def test_what_a_dump_cannot_read_fails_where_a_backup_is_a_condition() -> None:
    blind = Access(unreadable=("public.a", "public.b", "public.c", "public.d"))
    found = doctor.reading(PRODUCTION, FACTS, blind)
    assert found.state is State.FAIL
    assert "public.a, public.b, public.c and 1 more" in found.said
    assert "GRANT pg_read_all_data TO" in found.advice
    assert doctor.reading(STAGING, FACTS, blind).state is State.WARN
    older = doctor.reading(PRODUCTION, replace(FACTS, major=13), blind)
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA "public"' in older.advice


def test_row_level_security_stops_a_dump() -> None:
    found = doctor.reading(PRODUCTION, FACTS, Access(filtered=("public.a",)))
    assert found.state is State.FAIL
    assert 'ALTER ROLE "the ""bot""" BYPASSRLS' in found.advice


def test_a_role_that_reads_all_or_takes_no_dump_is_quiet() -> None:
    assert doctor.reading(PRODUCTION, FACTS, Access()).state is State.PASS
    told = replace(PRODUCTION, backup=BackupPolicy(source=Command(("backup",))))
    assert doctor.reading(told, FACTS, Access(unreadable=("a.b",))).state is State.SKIPPED


@pytest.mark.parametrize(
    ("access", "advice"),
    [
        (Access(replication=True, wal_level="minimal"), "SET wal_level = 'replica'"),
        (Access(replication=True, wal_senders=0), "SET max_wal_senders = 10"),
        (Access(), "REPLICATION"),
    ],
)
def test_a_copy_of_the_cluster_needs_replication(access: Access, advice: str) -> None:
    found = doctor.replication(COPIED, FACTS, access)
    assert found.state is State.FAIL
    assert advice in found.advice


def test_whoever_copies_no_cluster_needs_none() -> None:
    assert doctor.replication(PRODUCTION, FACTS, Access(wal_level="minimal")).state is State.SKIPPED
    assert doctor.replication(COPIED, FACTS, Access(replication=True)).state is State.PASS
    assert doctor.replication(COPIED, FACTS, Access(superuser=True)).state is State.PASS
