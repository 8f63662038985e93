"""What a real server tells of itself before anything is written to it."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.target.facts import read_facts
from bot.adapters.postgres.target.opening import open_target
from bot.adapters.postgres.tools import Installation
from bot.core.migrations.effects import LockMode
from bot.core.rollouts.blocker import Blocking, Need
from bot.core.settings import default_targets
from bot.core.targets.identity import marked
from bot.core.targets.server import Pooling, Rights, ServerFacts
from bot.core.targets.url import parse_url

STAGING = default_targets()["staging"]


def facts(url: str, query: str = "") -> ServerFacts:
    joint = "&" if "?" in url else "?"
    with open_target(STAGING, parse_url(f"{url}{joint}{query}")) as opened:
        return opened.facts()


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each.encode())


@pytest.fixture
def role(database: str) -> Iterator[str]:
    """A role that may do nothing but connect."""
    name = f"role_{secrets.token_hex(4)}"
    run(database, f"CREATE ROLE {name}", "REVOKE CREATE ON SCHEMA public FROM public")
    yield name
    run(database, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_new_database_is_identified_and_has_no_history(database: str) -> None:
    found = facts(database)

    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT system_identifier::text, oid::bigint, datname FROM pg_control_system(), "
            "pg_database WHERE datname = current_database()"
        ).fetchone()
    identity = found.identity
    assert (identity.system_identifier, identity.oid, identity.database) == row
    assert (found.comment, found.rights.history, found.has_schema) == (None, None, True)
    assert found.pooling is Pooling.NONE
    assert not found.read_only
    assert found.connections_left is not None
    assert found.connections_left > 10


def test_a_mark_is_written_with_the_table_and_read_back(database: str) -> None:
    with open_target(STAGING, parse_url(database)) as opened:
        text = marked("it's staging", opened.facts().identity)
        opened.create_table(text)
        assert opened.facts().comment == text
        opened.create_table("not written: the table is there")
        assert opened.facts().comment == text
        opened.mark("anew")
        assert opened.facts().comment == "anew"
        assert opened.facts().rights.history is True


def test_what_a_role_lacks_is_seen_in_the_same_look(database: str, role: str) -> None:
    with open_target(STAGING, parse_url(database)) as opened:
        opened.create_table()

    found = facts(database, f"options=-c%20role%3D{role}")

    assert found.role == role
    assert found.rights == Rights(
        create_schema=False, create_in_schema=False, history=False, see_everybody=False
    )
    assert not found.owns_table


def test_rows_of_the_history_that_a_policy_hides_from_a_role_are_told_of(
    database: str, role: str
) -> None:
    with open_target(STAGING, parse_url(database)) as opened:
        opened.create_table()
        opened.execute("ALTER TABLE _prisma_migrations ENABLE ROW LEVEL SECURITY")
        assert opened.facts().rights.every_row

    assert not facts(database, f"options=-c%20role%3D{role}").rights.every_row


def test_a_server_that_keeps_its_control_file_to_itself_is_known_by_the_rest(
    database: str, role: str
) -> None:
    run(database, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM public")

    found = facts(database, f"options=-c%20role%3D{role}").identity

    assert found.system_identifier == ""
    assert found.oid > 0


def test_a_schema_that_is_not_there_yet_is_no_error(database: str) -> None:
    found = facts(database, "schema=tenant")

    assert not found.has_schema
    assert found.rights.history is None
    assert found.identity.schema == "tenant"


def test_a_session_that_only_reads_is_seen(database: str) -> None:
    assert facts(database, "options=-c%20default_transaction_read_only%3Don").read_only


def test_a_transaction_that_has_been_open_for_long_is_named(database: str) -> None:
    with psycopg.connect(database, application_name="reports") as other:
        other.execute("SELECT 1")
        pid = other.info.backend_pid
        with connect(database, application_name="test") as connection:
            seen, _ = read_facts(connection, parse_url(database), long=0)
            later, _ = read_facts(connection, parse_url(database))

    assert [(each.name, each.pid) for each in seen.open] == [("reports", pid)]
    assert "reports, user postgres" in seen.open[0].words
    assert later.open == ()


@pytest.mark.slow
def test_a_prepared_transaction_is_named_with_what_it_has_locked(
    installation: Installation,
) -> None:
    settings = {"max_prepared_transactions": "2"}
    with (
        start_server(installation, settings=settings, databases=["shop"]) as server,
        psycopg.connect(server.url("shop"), autocommit=True) as other,
    ):
        other.execute("CREATE TABLE a (id int)")
        other.execute("BEGIN")
        other.execute("LOCK TABLE a IN ACCESS EXCLUSIVE MODE")
        other.execute("PREPARE TRANSACTION 'tx 1'")
        with connect(server.url("shop"), application_name="test") as connection:
            seen, _ = read_facts(connection, parse_url(server.url("shop")), long=0)
        need = Need("public.a", LockMode.ACCESS_EXCLUSIVE)
        with open_target(STAGING, parse_url(server.url("shop"))) as opened:
            (blocker,) = opened.blockers([need], 0)
        other.execute("ROLLBACK PREPARED 'tx 1'")

    (prepared,) = seen.prepared
    assert (prepared.pid, prepared.name, prepared.relations) == (0, "tx 1", ("public.a",))
    # The one that is asked about locks knows it by the same name.
    assert (blocker.kind, blocker.application) == (Blocking.PREPARED, "tx 1")


def test_tables_are_told_with_owner_and_size_also_while_somebody_has_them_locked(
    database: str, role: str
) -> None:
    run(
        database,
        "CREATE TABLE a AS SELECT g AS id FROM generate_series(1, 10000) AS g",
        "CREATE INDEX a_id ON a (id)",
        "CREATE SCHEMA tenant",
        "CREATE TABLE tenant.b (id int)",
        "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_1 PARTITION OF parted DEFAULT",
        "INSERT INTO parted SELECT 1 FROM generate_series(1, 1000)",
        "ANALYZE",
        f"GRANT USAGE ON SCHEMA tenant TO {role}",
    )
    names = ["public.a", "public.b", "public.parted", "public.gone"]
    url = f"{database}&schema=tenant&options=-c%20role%3D{role}"
    with open_target(STAGING, parse_url(url)) as opened:
        free = opened.tables(names)
        with psycopg.connect(database) as other:
            other.execute("LOCK TABLE a IN ACCESS EXCLUSIVE MODE")
            locked = opened.tables(names)

    assert set(free) == set(locked) == {"public.a", "public.b", "public.parted"}
    assert free["public.b"].relation == "tenant.b"
    assert not free["public.a"].owned
    assert free["public.a"].owner == "postgres"
    assert free["public.a"].bytes > 500_000
    assert free["public.parted"].bytes > 8_000
    assert abs(locked["public.a"].bytes - free["public.a"].bytes) < 100_000


def test_a_slot_that_nobody_reads_is_told_of(database: str) -> None:
    name = f"slot_{secrets.token_hex(4)}"
    run(database, f"SELECT pg_create_physical_replication_slot('{name}', true)")
    try:
        with open_target(STAGING, parse_url(database)) as opened:
            found = opened.replication()
    finally:
        run(database, f"SELECT pg_drop_replication_slot('{name}')")

    (slot,) = (each for each in found.slots if each.name == name)
    assert 0 < slot.read <= found.written
