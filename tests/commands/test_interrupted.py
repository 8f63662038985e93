"""Ctrl-C, SIGTERM, or a log that nobody reads any more, in the middle of an apply."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bot.core.rollouts.rollout_log import COMMON, FIELDS, Event
from bot.errors import ExitCode
from tests.asking import PATIENCE, ask, wait_until
from tests.commands.place import FOLDER, INIT, MORE, SCRIPT, Place
from tests.shell import command, environment

LAST = "20260103000000_last"
HALF_WAY = "UPDATE a SET n = 2;\nSELECT pg_sleep(600);\n"
ENDING = [signal.SIGINT, signal.SIGTERM]
CONFIGURATION = """
targets:
  development: {kind: development, url_env: DATABASE_URL, backup: {required: true}}
"""


@contextmanager
def applying(place: Place, database: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """`apply`, as a shell in a terminal starts it."""
    with subprocess.Popen(
        command("apply", "development"),
        cwd=place.root,
        env=environment(DATABASE_URL=database, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def busy_with(database: str, text: str) -> bool:
    """Whether a session of ours is running that statement."""
    query = f"""SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND state = 'active'
                   AND application_name LIKE 'migration-bot%' AND query LIKE '%{text}%'"""
    return ask(database, query) != []


def locks(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())",
    )


def rows(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT migration_name, finished_at IS NOT NULL FROM _prisma_migrations "
        "ORDER BY started_at",
    )


def sessions(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'migration-bot%'",
    )


def events(log: Path) -> list[dict[str, object]]:
    """Every line of a log, each with the fields that its kind has."""
    found = [json.loads(line) for line in log.read_text().splitlines()]
    for each in found:
        assert each.keys() == COMMON.keys() | FIELDS[Event(each["event"])].keys()
    return found


def kinds(log: Path, migration: str) -> list[str]:
    """The kinds of the whole lines that a running process has written about it."""
    lines = log.read_text().rpartition("\n")[0].splitlines() if log.exists() else []
    found = [json.loads(line) for line in lines]
    return [each["event"] for each in found if each.get("migration") == migration]


def interrupted(process: "subprocess.Popen[str]", database: str) -> str:
    """What it says, once it has ended as it should: nothing of it is left on the server."""
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (ExitCode.INTERRUPTED, ""), err
    assert "Traceback" not in err
    wait_until(lambda: sessions(database) == [])
    assert locks(database) == []
    return err[err.index("error: ") :]


@pytest.fixture
def started(place: Place) -> Place:
    """The first migration makes a table with rows in it."""
    table = "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES (1, 1), (2, 1);\n"
    place.write(f"{FOLDER}/{INIT}/migration.sql", table)
    return place


@pytest.mark.parametrize("number", ENDING)
def test_an_interrupted_transaction_leaves_nothing_and_lets_go_of_the_lock(
    started: Place, database: str, tmp_path: Path, number: signal.Signals
) -> None:
    started.write(SCRIPT, HALF_WAY)
    log = tmp_path / "log"

    with applying(started, database, MIGRATION_BOT_LOG=str(log)) as process:
        wait_until(lambda: busy_with(database, "pg_sleep"))
        assert locks(database) != []
        process.send_signal(number)
        said = interrupted(process, database)

    assert said == (
        f"error: The rollout to development was interrupted. Applied, and stays: {INIT}. "
        f"Nothing is applied of {MORE}.\n"
        "hint:  Run the same again: it goes on where this one stopped.\n"
    )
    assert rows(database) == [(INIT, True)]
    assert ask(database, "SELECT DISTINCT n FROM a") == [(1,)]
    last = events(log)[-1]
    assert (last["event"], last["code"], last["migration"]) == ("stopped", 130, MORE)
    assert last["applied"] == [INIT]


@pytest.mark.slow
def test_an_interrupted_concurrent_build_keeps_its_intent_and_the_next_run_mends_it(
    started: Place, database: str
) -> None:
    here = {"DATABASE_URL": database}
    assert started.bot("apply", "development", environ=here).code == 0
    started.write(SCRIPT, "CREATE INDEX CONCURRENTLY a_n ON a (n);\n")

    with psycopg.connect(database) as writer:
        # A build waits for every transaction that has written to the table.
        writer.execute("UPDATE a SET n = 3")
        with applying(started, database) as process:
            wait_until(lambda: busy_with(database, "CREATE INDEX CONCURRENTLY"))
            process.send_signal(signal.SIGINT)
            said = interrupted(process, database)
        writer.rollback()

    assert f"{MORE} is begun, and none of its parts is committed" in said
    assert "Its CREATE INDEX may be half done, which the next run looks after." in said
    assert rows(database) == [(INIT, True), (MORE, False)]
    assert started.bot("apply", "development", environ=here).code == 0
    assert rows(database) == [(INIT, True), (MORE, True)]
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass"
    assert ask(database, valid) == [(True,)]
    assert ask(database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


@pytest.mark.slow
def test_an_interruption_between_segments_says_which_line_it_goes_on_at(
    started: Place, database: str
) -> None:
    column = "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_m ON a (m);\n"
    started.write(SCRIPT, f"{column}SELECT pg_sleep(600);\n")

    with applying(started, database) as process:
        wait_until(lambda: busy_with(database, "pg_sleep"))
        process.send_signal(signal.SIGINT)
        said = interrupted(process, database)

    assert f"Of {MORE} everything before line 3 is applied, and stays." in said
    assert rows(database) == [(INIT, True), (MORE, False)]
    started.write(SCRIPT, f"{column}SELECT 1;\n")
    again = started.bot("apply", "development", environ={"DATABASE_URL": database})
    assert again.code == 0, again.said
    assert rows(database) == [(INIT, True), (MORE, True)]


@pytest.mark.slow
def test_an_interruption_before_the_lock_says_that_nothing_was_begun(
    started: Place, database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(72707369)")
        with applying(started, database) as process:
            assert process.stderr is not None
            assert "waiting for the migration lock" in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == ExitCode.INTERRUPTED
    assert "interrupted before it began a migration. Nothing was applied." in err
    assert ask(database, "SELECT to_regclass('_prisma_migrations') IS NULL") == [(True,)]


@pytest.mark.slow
def test_an_interruption_while_somebody_is_in_the_way_leaves_nothing(
    started: Place, database: str
) -> None:
    here = {"DATABASE_URL": database}
    assert started.bot("apply", "development", environ=here).code == 0
    started.write(SCRIPT, "ALTER TABLE a ADD COLUMN m int;\n")

    with psycopg.connect(database) as reader:
        reader.execute("SELECT * FROM a")
        with applying(started, database) as process:
            wait_until(lambda: sessions(database) != [])
            time.sleep(2.0)
            process.send_signal(signal.SIGINT)
            said = interrupted(process, database)

    assert f"Nothing is applied of {MORE}." in said
    assert rows(database) == [(INIT, True)]


@pytest.mark.slow
def test_an_interrupted_backup_leaves_the_target_as_it_was(
    started: Place, database: str, tmp_path: Path
) -> None:
    here = {"DATABASE_URL": database}
    assert started.bot("apply", "development", environ=here).code == 0
    started.write(".github/migration-bot.yml", CONFIGURATION)
    started.write(SCRIPT, "ALTER TABLE a ADD COLUMN m int;\n")

    with psycopg.connect(database, autocommit=True) as other:
        # A dump waits for it.
        other.execute("BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE")
        with applying(started, database, HOME=str(tmp_path)) as process:
            dumping = """SELECT 1 FROM pg_stat_activity
                          WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'"""
            wait_until(lambda: ask(database, dumping) != [])
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
        other.execute("ROLLBACK")

    assert process.returncode == ExitCode.INTERRUPTED, err
    assert "before it began a migration. Nothing was applied." in err
    assert locks(database) == []


@pytest.mark.slow
def test_githubs_two_signals_and_a_hasty_person_do_no_harm(started: Place, database: str) -> None:
    started.write(SCRIPT, HALF_WAY)

    with applying(started, database) as process:
        wait_until(lambda: busy_with(database, "pg_sleep"))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    wait_until(lambda: sessions(database) == [])
    assert rows(database) == [(INIT, True)]
    assert ask(database, "SELECT DISTINCT n FROM a") == [(1,)]


@pytest.mark.slow
def test_a_signal_at_any_time_tells_the_truth_and_the_next_run_finishes(
    started: Place, database: str
) -> None:
    """Many short migrations, so that it comes between, within and after their transactions."""
    names = [f"202602{day:02}000000_more" for day in range(1, 29)]
    for name in names:
        started.write(f"{FOLDER}/{name}/migration.sql", "UPDATE a SET n = n + 1;\n" * 20)
    told: set[str] = set()

    for attempt in range(12):
        wait_until(lambda: sessions(database) == [])
        with applying(started, database) as process:
            wait_until(lambda: sessions(database) != [] or process.poll() is not None)
            time.sleep(0.004 * attempt)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err, err
        if process.returncode in (0, -signal.SIGINT):
            # Python itself ends by the signal when it comes after the last line of ours.
            assert ask(database, "SELECT to_regclass('_prisma_migrations') IS NOT NULL") == [
                (True,)
            ], (attempt, process.returncode, err)
            assert len(rows(database)) == 1 + len(names), err
            break
        assert process.returncode == ExitCode.INTERRUPTED, err
        table = ask(database, "SELECT to_regclass('_prisma_migrations') IS NOT NULL")
        done = [name for name, _ in rows(database)] if table == [(True,)] else []
        # Before the rollout began there is nothing to tell but what always holds.
        said = err[err.find("error: ") :].splitlines()[0] if "error: " in err else ""
        assert said or "interrupted; what was committed is applied, and nothing else" in err
        stays = said.partition("Applied, and stays: ")[2].partition(".")[0]
        told |= {each for each in stays.split(" and ")[0].split(", ") if each}
        assert told <= set(map(str, done)), said
        total = len([name for name in done if name != INIT])
        if done:
            assert ask(database, "SELECT DISTINCT n FROM a") == [(1 + 20 * total,)]

    assert started.bot("apply", "development", environ={"DATABASE_URL": database}).code == 0
    assert ask(database, "SELECT DISTINCT n FROM a") == [(1 + 20 * len(names),)]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("status", "development"), "interrupted"),
        (
            ("rollback", "development", "--steps", "1"),
            "interrupted; what was committed is taken back, and nothing else",
        ),
    ],
)
def test_an_interrupted_verb_says_so_on_a_line_of_its_own_without_an_empty_one(
    started: Place, call: tuple[str, ...], says: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/d?sslmode=disable"
        with subprocess.Popen(
            command(*call),
            cwd=started.root,
            env=environment(DATABASE_URL=url),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
            connection.close()

    assert process.returncode == ExitCode.INTERRUPTED
    # The one before it ends the line on which a terminal shows ^C.
    assert err == f"\n{says}\n"


def test_a_rollout_goes_on_when_nobody_reads_its_log_any_more(
    started: Place, database: str
) -> None:
    started.write(SCRIPT, "ALTER TABLE a ADD m int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n")

    with applying(started, database) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()
        process.wait(PATIENCE)

    assert process.returncode == 0
    assert rows(database) == [(INIT, True), (MORE, True)]


@pytest.mark.slow
def test_a_killed_run_leaves_a_log_that_is_whole_up_to_the_end(
    started: Place, database: str, tmp_path: Path
) -> None:
    started.write(SCRIPT, HALF_WAY)
    log = tmp_path / "log"

    with applying(started, database, MIGRATION_BOT_LOG=str(log)) as process:
        # The server may be at the second statement before the first one's answer is read here.
        wait_until(lambda: "statement" in kinds(log, MORE))
        process.kill()
        process.wait(PATIENCE)

    told = events(log)
    assert [each["event"] for each in told][:2] == ["started", "connected"]
    (last,) = (each for each in told if each["event"] == "statement" and each["migration"] == MORE)
    assert (last["line"], last["rows"]) == (1, 2)
