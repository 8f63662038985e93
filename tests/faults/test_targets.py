"""Scenarios 26 to 31: targets that are not what they should be."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation
from bot.core.approvals.approval_policy import ApprovalPolicy
from bot.core.backups.policy import BackupPolicy
from bot.core.settings import default_targets
from bot.core.targets.identity import Pin
from bot.core.targets.target import ReplicaPolicy
from bot.errors import ExitCode
from tests.bouncer import bouncer
from tests.fakes import migration
from tests.faults.campaign import Place
from tests.faults.cluster import Cluster, cluster, standby_of
from tests.faults.invariants import after_convergence, inside, left_in_server
from tests.faults.judging import Judge
from tests.faults.proxy import Fault, Link, Message, proxied, sending
from tests.faults.runner import STAGING, Job, Runner, command, run
from tests.faults.stories import BEFORE, MIXED, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]

PRODUCTION_WITHOUT_BACKUP = replace(
    default_targets()["production"], after=None, approval=ApprovalPolicy(), backup=BackupPolicy()
)


@pytest.fixture
def primary(installation: Installation) -> Iterator[Cluster]:
    if not (installation.bin / "pg_basebackup").exists():
        pytest.skip(f"NO STANDBY WAS TRIED: {installation} has no pg_basebackup")
    with cluster(installation) as made:
        made.execute("CREATE DATABASE app TEMPLATE template0")
        assert run(Job(made.url("app"), (BEFORE,))).fine
        yield made


def test_26_a_standby_and_a_read_only_server_are_refused_before_writing(
    primary: Cluster, judge: Judge
) -> None:
    with standby_of(primary) as standby:
        ending = run(Job(standby.url("app"), TRANSACTIONAL.history))

    assert ending.sqlstate == "25006"
    assert "standby" in ending.message
    primary.execute("ALTER DATABASE app SET default_transaction_read_only = on")
    before = inside(primary.url("app"))
    ending = run(Job(primary.url("app"), TRANSACTIONAL.history))
    assert ending.sqlstate == "25006"
    assert inside(primary.url("app")) == before
    judge.agrees(primary.url("app"), TRANSACTIONAL.history)


@pytest.mark.parametrize(
    "at",
    [sending("ALTER TABLE counted ADD"), sending("CREATE INDEX CONC"), sending("UPDATE counted")],
    ids=["first", "concurrently", "third"],
)
def test_26_failover_in_mid_run(
    primary: Cluster, judge: Judge, at: Callable[[Message], bool]
) -> None:
    # What was committed is on the standby: losing it is not ours to prevent.
    primary.execute(
        "ALTER SYSTEM SET synchronous_standby_names = '*'",
        "ALTER SYSTEM SET synchronous_commit = 'remote_apply'",
    )
    with standby_of(primary) as standby, proxied(primary.url("app")) as proxy:
        primary.execute("SELECT pg_reload_conf()")
        while not _synchronous(primary):
            pass

        def fail(link: Link) -> None:
            primary.stop("immediate")
            standby.promote()
            standby.execute("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
            proxy.lead_to(standby.url("app"))
            link.close()

        fault = Fault(at, fail)
        proxy.arm(fault)
        ending = Runner(Job(proxy.url, MIXED.history)).ending()

        assert fault.hit
        assert ending.fine, ending
        assert list(after_convergence(standby.url("app"), MIXED, _undisturbed(standby))) == []
        judge.agrees(standby.url("app"), MIXED.history)


def _synchronous(primary: Cluster) -> bool:
    with psycopg.connect(primary.url()) as connection:
        query = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
        return bool(connection.execute(query).fetchall())


def _undisturbed(made: Cluster) -> list[str]:
    """What the same history leaves in another database of the server."""
    made.execute("CREATE DATABASE other TEMPLATE template0")
    assert run(Job(made.url("other"), MIXED.history)).fine
    return inside(made.url("other"))


def test_27_staging_given_for_production_and_the_reverse(place: MakePlace) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    before = inside(made.url)

    ending = run(Job(made.proxy.url, TRANSACTIONAL.history, target=PRODUCTION_WITHOUT_BACKUP))

    assert ending.error == "HistoryError", ending
    assert "staging" in ending.told
    assert inside(made.url) == before
    assert list(made.check_convergence()) == []


def test_27_another_server_than_the_pinned_one_and_an_application_of_others(
    database: str, judge: Judge
) -> None:
    pinned = replace(STAGING, identity=Pin(system_identifier="1"))

    ending = run(Job(database, (BEFORE,), target=pinned))

    assert ending.error == "HistoryError"
    assert inside(database) == []
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("CREATE TABLE of_others (id int)")
    before = inside(database)
    ending = run(Job(database, (BEFORE,)))
    assert "P3005" in ending.told
    judge.refuses(database, (BEFORE,), "P3005")
    assert inside(database) == before


def test_28_pgbouncer_in_transaction_mode(database: str, judge: Judge, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with bouncer(database, tmp_path, mode="transaction") as pooled:
        assert run(Job(pooled, (BEFORE,))).fine
        before = inside(database)

        refused = run(Job(pooled, MIXED.history))

        assert refused.error == "PostgresError"
        assert "pooler" in refused.message
        assert inside(database) == before
        assert run(Job(pooled, TRANSACTIONAL.history)).applied == (TRANSACTIONAL.file.name,)
        # The pooler keeps its sessions; none of them may keep a lock.
        with psycopg.connect(database, autocommit=True) as connection:
            locks = "SELECT FROM pg_locks WHERE locktype = 'advisory'"
            assert connection.execute(locks).fetchall() == []
    judge.agrees(database, TRANSACTIONAL.history)


@pytest.fixture
def cramped(installation: Installation) -> Iterator[Cluster]:
    """A server whose database `app` is on a disk of 32 MB."""
    with cluster(installation) as made:
        place = made.private / "small"
        place.mkdir()
        options = ("-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place))
        if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
            pytest.skip("NO FULL DISK WAS TRIED: this user may not mount a small tmpfs")
        try:
            made.own(place)
            made.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            made.execute("CREATE DATABASE app TEMPLATE template0 TABLESPACE small")
            yield made
        finally:
            made.stop()
            subprocess.run(["umount", str(place)], check=True)


def test_29_the_disk_is_full_in_a_rewrite(cramped: Cluster, judge: Judge) -> None:
    url = cramped.url("app")
    filled = "INSERT INTO counted SELECT i FROM generate_series(1000, 200000) AS i;"
    full = replace(BEFORE, sql=BEFORE.sql + filled)
    rewrite = migration("20260102000000_rewrite", "ALTER TABLE counted ALTER n TYPE bigint;")
    assert run(Job(url, (full,))).fine
    before = inside(url)

    ending = run(Job(url, (full, rewrite)))
    warned = run(Job(url, (full, rewrite), replace(STAGING, rewrite_limit=1_000_000)))

    assert ending.sqlstate == "53100", ending
    assert "disk" in ending.told
    assert warned.sqlstate == "53100"
    assert "rewrite_limit" in warned.message
    assert inside(url) == before
    with psycopg.connect(url, autocommit=True) as connection:
        assert left_in_server(connection) == []
    judge.agrees(url, (full, rewrite))


def test_30_a_replica_is_behind(primary: Cluster, judge: Judge) -> None:
    with standby_of(primary) as standby:
        standby.execute("SELECT pg_wal_replay_pause()")
        primary.execute(
            "CREATE TABLE filler AS SELECT repeat('x', 900) FROM generate_series(1, 5000)",
            database="app",
        )
        target = replace(STAGING, replicas=ReplicaPolicy(behind=1_000_000, wait=1_000))
        before = inside(primary.url("app"))
        job = Job(primary.url("app"), TRANSACTIONAL.history, target)

        stopped = run(job)

        assert "behind" in stopped.message
        assert inside(primary.url("app")) == before
        waiting = Runner(replace(job, target=replace(target, replicas=ReplicaPolicy(behind=10**6))))
        standby.execute("SELECT pg_wal_replay_resume()")
        assert waiting.ending().fine
        judge.agrees(primary.url("app"), TRANSACTIONAL.history)


def test_31_no_connection_is_left(installation: Installation, judge: Judge) -> None:
    with cluster(
        installation, {"max_connections": "8", "superuser_reserved_connections": "0"}
    ) as made:
        made.execute("CREATE DATABASE app TEMPLATE template0")
        taken = []
        try:
            while True:
                taken.append(psycopg.connect(made.url("app")))
        except psycopg.OperationalError:
            ending = run(Job(made.url("app"), (BEFORE,), haste=20))
        for each in taken:
            each.close()

        assert ending.sqlstate == "53300", ending
        assert run(Job(made.url("app"), (BEFORE,))).fine
        judge.agrees(made.url("app"), (BEFORE,))


def test_31_the_password_has_expired_and_is_never_printed(
    installation: Installation, tmp_path: Path
) -> None:
    with start_server(installation, tcp=True) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE old LOGIN PASSWORD 'hushhush' VALID UNTIL '2001-01-01'")
        url = server.url(user="old", password="hushhush")
        ending = run(Job(url, (BEFORE,)))
        code, said = command(tmp_path, url, (BEFORE,)).ending()
        encrypted = run(Job(f"{url}?sslmode=require", (BEFORE,)))

    assert ending.sqlstate == "28P01"
    assert code == ExitCode.POSTGRES
    assert "TLS" in encrypted.told
    for each in (ending.told, said, encrypted.told):
        assert "hushhush" not in each
