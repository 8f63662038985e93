"""Prisma as judge of what a rollback leaves: what it says of the rows, and what it does next."""

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from tests.conftest import SERVERS
from tests.prisma.oracle import Prisma, find_prisma
from tests.prisma.test_oracle import UP_TO_DATE, our, project
from tests.shell import write

pytestmark = pytest.mark.slow
one_server = pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")

INIT, MORE = "20260101000000_init", "20260102000000_more"
HISTORY: Mapping[str, str] = {
    INIT: "CREATE TABLE a (id int PRIMARY KEY);\n",
    MORE: "ALTER TABLE a ADD COLUMN n int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n",
}
DOWN = "DROP INDEX CONCURRENTLY a_n;\nALTER TABLE a DROP COLUMN n;\n"


@pytest.fixture(scope="session")
def prisma() -> Prisma:
    return find_prisma()


@one_server
def test_prisma_takes_what_was_rolled_back_for_pending_and_marks_or_applies_it_again(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, HISTORY)
    write(folder, {f"migrations/{MORE}/down.sql": DOWN})
    assert our("apply", folder, database).code == 0
    assert UP_TO_DATE in prisma.status(database, folder).text

    done = our("rollback", folder, database, "--steps", "1")

    assert done.code == 0, done.said
    said = prisma.status(database, folder).text
    assert said.partition("have not yet been applied:\n")[2].split()[:1] == [MORE]
    # With a finished_at left in its row this is P3008.
    assert prisma.resolve(database, folder, "--applied", MORE).code == 0
    assert UP_TO_DATE in prisma.status(database, folder).text


@pytest.mark.soak
@one_server
def test_prisma_deploys_again_what_is_left_in_git_and_nothing_of_what_was_taken_out(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    plain = {**HISTORY, MORE: "ALTER TABLE a ADD COLUMN n int;\n"}
    folder = project(tmp_path, plain)
    write(folder, {f"migrations/{MORE}/down.sql": "ALTER TABLE a DROP COLUMN n;\n"})
    assert our("apply", folder, database).code == 0
    assert our("rollback", folder, database, "--steps", "1").code == 0

    assert prisma.deploy(database, folder).code == 0
    assert UP_TO_DATE in prisma.status(database, folder).text

    assert our("rollback", folder, database, "--steps", "1").code == 0
    rmtree(next(folder.rglob(MORE)))
    assert prisma.deploy(database, folder).code == 0
    assert UP_TO_DATE in prisma.status(database, folder).text
