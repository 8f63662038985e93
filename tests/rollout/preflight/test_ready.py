"""What stops a rollout before the first write, and what it only says."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.replication import Replication, Slot, Standby
from bot.core.settings import default_targets
from bot.core.targets.server import OpenTransaction, Rights, ServerFacts, TableFacts
from bot.core.targets.target import ReplicaPolicy, Target
from bot.errors import PostgresError
from bot.rollout.preflight.notes import notes_to
from bot.rollout.preflight.ready import require_fit, require_ready
from bot.rollout.telling.telling import Telling
from tests.fakes import FakeCheckout, FakeConsole, FakeDatabase, FakeLog, history, world
from tests.judging import judged

STAGING = default_targets()["staging"]
FACTS = ServerFacts("18.1", 18, "shop", False, False, role="bot")
BEFORE = "CREATE TABLE orders (id int PRIMARY KEY, n int); CREATE TABLE users (id int PRIMARY KEY);"
ORDERS = TableFacts("public.orders", "shop_owner", False, 10_000_000_000)
PREPARED = OpenTransaction(0, 600.0, "tx-1", "ada", ("public.orders",))


def migrations(*sql: str) -> tuple[JudgedMigration, ...]:
    return tuple(judged(each, before=[BEFORE]) for each in sql)


def notes_of(
    facts: ServerFacts,
    *sql: str,
    target: Target = STAGING,
    tables: Sequence[TableFacts] = (),
    standbys: Sequence[Replication] = (),
) -> list[str]:
    """What is said about migrations that may go on; raises what stops them."""
    database = FakeDatabase(
        given_tables={each.relation: each for each in tables}, standbys=list(standbys)
    )
    made = world(FakeCheckout(history()))
    journal = Journal()
    note = notes_to(journal, made)
    require_fit(facts, migrations(*sql), database, Telling(target, made), note)
    console = made.console
    assert isinstance(console, FakeConsole)
    assert set(journal.notes) <= set(console.said)
    return console.said


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (replace(FACTS, in_recovery=True), "is a standby"),
        (replace(FACTS, read_only=True), "accepts only reads"),
        (replace(FACTS, rights=Rights(every_row=False)), "row level security may keep rows"),
        (replace(FACTS, major=12, version="12.22"), "runs PostgreSQL 12.22; 13 is the oldest"),
    ],
)
def test_a_server_that_could_take_no_migration_is_refused(facts: ServerFacts, says: str) -> None:
    with pytest.raises(PostgresError, match=says):
        require_ready(facts, STAGING)


def test_a_server_newer_than_we_know_is_named() -> None:
    assert (
        "runs PostgreSQL 19.0" in notes_of(replace(FACTS, major=19, version="19.0"), "SELECT 1")[0]
    )


def test_an_ordinary_rollout_has_nothing_to_say() -> None:
    assert notes_of(FACTS, "ALTER TABLE orders ADD COLUMN m int;") == []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE orders ADD COLUMN m int;",
        "ALTER TABLE orders RENAME TO bought;",
        "CREATE INDEX orders_n ON orders (n);",
        "CREATE INDEX CONCURRENTLY orders_n ON orders (n);",
    ],
)
def test_a_table_of_somebody_else_is_named_with_the_grant_that_helps(sql: str) -> None:
    with pytest.raises(PostgresError, match=r"public\.orders belongs to shop_owner") as error:
        notes_of(FACTS, sql, tables=[ORDERS])

    assert "GRANT shop_owner TO bot" in error.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders VALUES (1);",
        "ALTER TABLE users ADD FOREIGN KEY (id) REFERENCES orders (id);",
        "SET LOCAL ROLE shop_owner; ALTER TABLE orders ADD COLUMN m int;",
        "GRANT shop_owner TO bot; ALTER TABLE orders ADD COLUMN m int;",
        "CREATE TABLE fresh (id int); ALTER TABLE fresh ADD COLUMN m int;",
    ],
)
def test_what_an_owner_is_not_needed_for_is_let_through(sql: str) -> None:
    assert notes_of(FACTS, sql, tables=[ORDERS, replace(ORDERS, relation="public.fresh")]) == []


@pytest.mark.parametrize(
    ("facts", "sql", "says"),
    [
        (
            replace(FACTS, rights=Rights(create_in_schema=False, history=None)),
            "SELECT 1",
            "GRANT CREATE ON SCHEMA public TO bot",
        ),
        (
            replace(FACTS, rights=Rights(create_in_schema=False)),
            "CREATE TABLE b (id int)",
            "GRANT CREATE ON SCHEMA public TO bot",
        ),
        (
            replace(FACTS, has_schema=False, rights=Rights(create_schema=False, history=None)),
            "SELECT 1",
            "GRANT CREATE ON DATABASE shop TO bot",
        ),
        (
            replace(FACTS, rights=Rights(history=False)),
            "SELECT 1",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON _prisma_migrations TO bot",
        ),
    ],
)
def test_each_missing_right_is_named_with_what_grants_it(
    facts: ServerFacts, sql: str, says: str
) -> None:
    with pytest.raises(PostgresError, match="lacks rights") as error:
        notes_of(facts, sql)

    assert says in error.value.hint


def test_a_right_that_nothing_needs_is_not_asked_for() -> None:
    facts = replace(FACTS, rights=Rights(create_in_schema=False))
    assert notes_of(facts, "CREATE TEMP TABLE t (id int)", "CREATE TABLE other.t (id int)") == []


@pytest.mark.parametrize(
    "sql", ["ALTER TABLE orders ADD COLUMN m int;", "CREATE INDEX CONCURRENTLY u ON users (id);"]
)
def test_a_prepared_transaction_that_would_be_waited_for_stops_it(sql: str) -> None:
    with pytest.raises(
        PostgresError, match="prepared transaction tx-1 of ada, for 10 min"
    ) as error:
        notes_of(replace(FACTS, prepared=(PREPARED,)), sql)

    assert "ROLLBACK PREPARED 'tx-1'" in error.value.hint


def test_a_prepared_transaction_elsewhere_is_said() -> None:
    said = notes_of(replace(FACTS, prepared=(PREPARED,)), "ALTER TABLE users ADD COLUMN m int;")

    assert "hold back VACUUM" in said[0]


def test_long_transactions_are_named_and_not_waited_for_here() -> None:
    long = tuple(OpenTransaction(pid, 720.0, "psql", "ada") for pid in range(1, 6))
    facts = replace(FACTS, open=long)

    assert notes_of(facts, "SELECT 1") == [
        "staging has transactions open for long: process 1 (psql, user ada), for 12 min; process 2 "
        "(psql, user ada), for 12 min; process 3 (psql, user ada), for 12 min; and 2 more"
    ]
    said = notes_of(facts, "CREATE INDEX CONCURRENTLY u ON users (id);")
    assert "that CONCURRENTLY has to wait for" in said[0]


def test_a_role_that_sees_nobody_is_told_before_concurrently_waits_for_them() -> None:
    blind = replace(FACTS, rights=Rights(see_everybody=False))

    assert notes_of(blind, "SELECT 1") == []
    said = notes_of(blind, "CREATE INDEX CONCURRENTLY u ON users (id);")
    assert "GRANT pg_read_all_stats TO bot" in said[0]


@pytest.mark.parametrize(("left", "said"), [(0, True), (3, True), (4, False), (None, False)])
def test_the_last_connections_are_counted(left: int | None, said: bool) -> None:
    assert bool(notes_of(replace(FACTS, connections_left=left), "SELECT 1")) is said


REWRITE = "ALTER TABLE orders ALTER COLUMN n TYPE bigint;"


def test_the_disk_that_a_rewrite_needs_is_said() -> None:
    owned = replace(ORDERS, owned=True)

    assert (
        "writing public.orders anew needs about 22.0 GB"
        in notes_of(FACTS, REWRITE, tables=[owned])[0]
    )
    assert notes_of(FACTS, REWRITE, tables=[replace(owned, bytes=8192)]) == []
    assert notes_of(FACTS, "ALTER TABLE orders ADD COLUMN m int;", tables=[owned]) == []


def test_more_disk_than_the_target_allows_stops_it() -> None:
    target = replace(STAGING, rewrite_limit=20_000_000_000)

    with pytest.raises(PostgresError, match=r"22\.0 GB of disk, and its rewrite_limit is 20\.0 GB"):
        notes_of(FACTS, REWRITE, target=target, tables=[replace(ORDERS, owned=True)])


WATCHED = replace(STAGING, replicas=ReplicaPolicy(lag=5_000, behind=1_000_000, wait=30_000))
FINE = Replication(1000, (Standby("two", 900, lag=0.1),))
LATE = Replication(1000, (Standby("two", 900, lag=9.0),))


def test_a_replica_that_catches_up_is_waited_for() -> None:
    said = notes_of(FACTS, "SELECT 1", target=WATCHED, standbys=[LATE, LATE, FINE])

    assert said == ["staging: waiting for two (9 s behind) to catch up"]


def test_machines_are_told_of_the_wait_too() -> None:
    log = FakeLog()
    made = replace(world(FakeCheckout(history())), log=log)
    late = FakeDatabase(standbys=[LATE, FINE])

    require_fit(FACTS, migrations("SELECT 1"), late, Telling(WATCHED, made), lambda _: None)

    assert [(each["event"], each["message"]) for each in log.lines] == [
        ("replica-wait", "staging: waiting for two (9 s behind) to catch up")
    ]


def test_a_replica_that_stays_behind_stops_it_in_the_end() -> None:
    kept = replace(FINE, written=2_000_900, slots=(Slot("backup", 900),), standbys=())

    with pytest.raises(PostgresError, match=r"slot backup \(2.0 MB behind\).*after 30 seconds"):
        notes_of(FACTS, "SELECT 1", target=WATCHED, standbys=[kept] * 40)


def test_replicas_that_may_not_be_seen_are_no_reason_to_go_on() -> None:
    with pytest.raises(PostgresError, match="may not see how far they are"):
        notes_of(FACTS, "SELECT 1", target=WATCHED, standbys=[Replication(0, unseen=1)])


def test_replicas_are_not_asked_about_unless_the_target_says_so() -> None:
    assert notes_of(FACTS, "SELECT 1", standbys=[Replication(0, unseen=1)]) == []
