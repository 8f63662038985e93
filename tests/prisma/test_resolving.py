"""Prisma as judge of what we mark by hand: the same rows, and what its own CLI says of them."""

import json
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from tests.conftest import SERVERS
from tests.prisma.oracle import Answer, Prisma, find_prisma
from tests.prisma.test_oracle import NOTHING_TO_DO, UP_TO_DATE, our, project, rows
from tests.shell import Done, write

pytestmark = pytest.mark.slow
one_server = pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")

INIT = "20260101000000_init"
MORE = "20260102000000_more"
LAST = "20260103000000_last"
SQUASH = "00000000000000_squashed_migrations"
HISTORY: Mapping[str, str] = {
    INIT: "CREATE TABLE a (id int PRIMARY KEY);\n",
    MORE: "ALTER TABLE a ADD COLUMN n int;\n",
    LAST: "CREATE TABLE b (id int PRIMARY KEY);\n",
}
BROKEN = "ALTER TABLE a ADD COLUMN n int;\nALTER TABLE missing ADD COLUMN n int;\n"


@pytest.fixture(scope="session")
def prisma() -> Prisma:
    return find_prisma()


def run(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.encode())


def states(folder: Path, url: str) -> dict[str, str]:
    """Each migration's state, as our `status` tells it."""
    told = json.loads(our("status", folder, url, "--format", "json").out)
    return {each["name"]: each["state"] for each in told["targets"][0]["plan"]["migrations"]}


def without_prismas_words(row: tuple[object, ...]) -> tuple[object, ...]:
    """The logs of a failure are the engine's own."""
    return (*row[:2], None, *row[3:]) if row[2] else row


def failed(prisma: Prisma, folder: Path, url: str) -> None:
    """A database in which Prisma failed at the second of three migrations."""
    write(folder, {f"migrations/{MORE}/migration.sql": BROKEN})
    assert prisma.deploy(url, folder).code == 1
    assert states(folder, url) == {INIT: "applied", MORE: "failed", LAST: "pending"}


@one_server
@pytest.mark.parametrize("way", ["--applied", "--rolled-back"])
def test_our_resolve_writes_the_rows_that_prismas_does(
    prisma: Prisma, tmp_path: Path, database: str, way: str
) -> None:
    folder = project(tmp_path, HISTORY)
    failed(prisma, folder, database)
    kept = "CREATE TABLE kept AS TABLE _prisma_migrations"
    run(database, kept)
    assert prisma.resolve(database, folder, way, MORE).code == 0
    prismas = list(map(without_prismas_words, rows(database)))
    run(database, "TRUNCATE _prisma_migrations; INSERT INTO _prisma_migrations TABLE kept")

    ours = our("resolve", folder, database, way, MORE)

    assert ours.code == 0, ours.said
    assert list(map(without_prismas_words, rows(database))) == prismas
    run(database, "DROP TABLE kept")
    pending = [LAST] if way == "--applied" else [MORE, LAST]
    said = prisma.status(database, folder).text
    listed = said.partition("have not yet been applied:\n")[2].partition("\n\n")[0]
    assert listed.split() == pending
    if way == "--applied":
        assert states(folder, database)[MORE] == "marked"
        assert prisma.deploy(database, folder).code == 0
        assert UP_TO_DATE in prisma.status(database, folder).text
    else:
        assert states(folder, database)[MORE] == "rolled_back"


def both(prisma: Prisma, folder: Path, url: str, verb: str, *options: str) -> tuple[Answer, Done]:
    """What Prisma says, and what we say; neither changes a row."""
    before = state_of_table(url)
    if verb == "apply":
        answer = prisma.deploy(url, folder)
    else:
        answer = prisma.resolve(url, folder, *options)
    ours = our(verb, folder, url, *options)
    assert state_of_table(url) == before
    return answer, ours


def state_of_table(url: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        (there,) = connection.execute("SELECT to_regclass('_prisma_migrations')").fetchone() or ()
        return there and rows(url)


@one_server
def test_what_prisma_refuses_we_refuse_with_the_same_code(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, HISTORY)
    failed(prisma, folder, database)
    cases = {
        "P3008": ("resolve", "--applied", INIT),
        "P3011": ("resolve", "--rolled-back", LAST),
        "P3012": ("resolve", "--rolled-back", INIT),
        "P3017": ("resolve", "--applied", "20260102000000_mroe"),
        "P3009": ("apply",),
    }
    for code, (verb, *options) in cases.items():
        prismas, ours = both(prisma, folder, database, verb, *options)
        assert prismas.code == 1
        assert code in prismas.text
        assert ours.code == (2 if code == "P3017" else 6), ours.said
        assert code in ours.err


@one_server
def test_a_database_that_was_there_first_is_baselined_and_both_go_on_from_there(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, HISTORY)
    run(database, HISTORY[INIT] + HISTORY[MORE])
    prismas, ours = both(prisma, folder, database, "apply")
    assert (prismas.code, ours.code) == (1, 6)
    assert "P3005" in prismas.text
    assert "P3005" in ours.err

    dry = our("baseline", folder, database, "--to", MORE, "--dry-run")
    assert (dry.code, "The schema is what these" in dry.out) == (0, True), dry.said
    done = our("baseline", folder, database, "--to", MORE)

    assert done.code == 0, done.said
    assert states(folder, database) == {INIT: "marked", MORE: "marked", LAST: "pending"}
    our_rows = rows(database)
    assert prisma.deploy(database, folder).code == 0
    assert UP_TO_DATE in prisma.status(database, folder).text
    assert states(folder, database)[LAST] == "applied"

    run(database, "DROP TABLE _prisma_migrations, b")
    for name in (INIT, MORE):
        assert prisma.resolve(database, folder, "--applied", name).code == 0
    assert rows(database) == our_rows


@one_server
def test_a_baseline_that_the_schema_contradicts_needs_a_yes(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, HISTORY)
    run(database, HISTORY[INIT])

    refused = our("baseline", folder, database, "--to", MORE)
    assert refused.code == 6
    assert "lacks column public.a.n" in refused.out
    assert "its schema differs" in refused.err
    agreed = our("baseline", folder, database, "--to", MORE, "--yes")
    assert agreed.code == 0, agreed.said
    assert prisma.deploy(database, folder).code == 0


@one_server
def test_a_squash_is_recognised_marked_and_accepted_by_both(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path / "before", HISTORY)
    assert prisma.deploy(database, folder).code == 0
    squashed = project(tmp_path / "after", {SQUASH: "".join(HISTORY.values())})

    refused = our("apply", squashed, database)
    assert refused.code == 6
    assert f"{SQUASH}, looks like a squash of them" in " ".join(refused.err.split())
    assert "needs its squash marked" in our("status", squashed, database).out
    done = our("baseline", squashed, database, "--to", SQUASH)

    assert done.code == 0, done.said
    assert "It replaces 3 older migrations" in done.out
    expected = dict.fromkeys(HISTORY, "replaced") | {SQUASH: "marked"}
    assert states(squashed, database) == expected
    assert our("status", squashed, database).code == 0
    assert UP_TO_DATE in prisma.status(database, squashed).text
    assert NOTHING_TO_DO in prisma.deploy(database, squashed).text

    new = "20260201000000_new"
    write(squashed, {f"migrations/{new}/migration.sql": "CREATE TABLE c (id int);\n"})
    ours = our("apply", squashed, database)
    assert ours.code == 0, ours.said
    assert UP_TO_DATE in prisma.status(database, squashed).text


@one_server
def test_a_squash_that_prisma_marked_is_no_disagreement_for_us(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    """Prisma's documented way: `resolve --applied` on every database, old rows and all."""
    folder = project(tmp_path / "before", HISTORY)
    assert our("apply", folder, database).code == 0
    squashed = project(tmp_path / "after", {SQUASH: "".join(HISTORY.values())})
    assert prisma.resolve(database, squashed, "--applied", SQUASH).code == 0

    assert our("status", squashed, database).code == 0
    assert states(squashed, database) == dict.fromkeys(HISTORY, "replaced") | {SQUASH: "marked"}
    # What only the branch lacks is missing all the same.
    run(
        database,
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) "
        "VALUES ('x', 'y', '20260301000000_elsewhere', now())",
    )
    assert our("status", squashed, database).code == 6
