"""Scenarios 39 to 41: histories that are not what they should be."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from bot.core.migrations.migration import Migration
from bot.errors import ExitCode
from tests.conftest import RunningServer
from tests.fakes import migration
from tests.faults.campaign import Place
from tests.faults.invariants import after_convergence, inside
from tests.faults.judging import Judge
from tests.faults.runner import Command, Ending, Job, Runner, command, run
from tests.faults.stories import BEFORE, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]


EARLIER = migration("20260101120000_earlier", "CREATE TABLE earlier (id int);")


def test_39_two_merges_at_once_and_one_sorts_before_the_other(place: MakePlace) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    both = (BEFORE, EARLIER, TRANSACTIONAL.file)
    alone, together = Runner(made.job), Runner(Job(made.proxy.url, both))
    endings = [alone.ending(), together.ending()]

    assert {each.error for each in endings} <= {"", "HistoryError"}, endings
    after = inside(made.url)
    refused = run(Job(made.proxy.url, both))
    if not any("earlier" in each for each in after):
        assert refused.error == "HistoryError"
        assert "sorts before" in refused.message
    assert list(made.check_crash(Ending(error="killed"))) == []
    assert inside(made.url) == after


TWO_TARGETS = """
targets:
  staging: {kind: staging, url_env: STAGING_DATABASE_URL, drift: "off"}
  production: {kind: staging, url_env: PRODUCTION_DATABASE_URL, after: staging, drift: "off"}
"""


@dataclass
class Targets:
    """Databases of one server by the names of the targets; `prisma` is migrated by Prisma itself.
    Every job has a folder of its own, as on GitHub."""

    urls: Mapping[str, str]
    folder: Path
    jobs: int = 0

    def begin(self, target: str, *migrations: Migration) -> Command:
        self.jobs += 1
        folder = self.folder / f"job-{self.jobs}"
        folder.mkdir()
        (folder / "config.yml").write_text(TWO_TARGETS)
        environ = {
            "MIGRATION_BOT_CONFIG": "config.yml",
            "PRODUCTION_DATABASE_URL": self.urls["production"],
        }
        return command(folder, self.urls["staging"], migrations, target=target, environ=environ)

    def apply(self, target: str, *migrations: Migration) -> tuple[int, str]:
        return self.begin(target, *migrations).ending()

    def order(self, target: str) -> list[str]:
        """In which order its migrations were applied; each of them once."""
        query = "SELECT migration_name FROM _prisma_migrations ORDER BY started_at"
        with psycopg.connect(self.urls[target], autocommit=True) as connection:
            return [str(name) for (name,) in connection.execute(query)]


@pytest.fixture
def targets(server: RunningServer, tmp_path: Path) -> Iterator[Targets]:
    names = {each: f"{each}_{secrets.token_hex(6)}" for each in ("staging", "production", "prisma")}
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for each in names.values():
            connection.execute(f"CREATE DATABASE {each} TEMPLATE template0".encode())
        yield Targets({each: server.url(name) for each, name in names.items()}, tmp_path)
        for each in names.values():
            connection.execute(f"DROP DATABASE {each} WITH (FORCE)".encode())


# Two people, one second: Prisma looks at letters before it looks at their case.
MINE = migration("20260102000000_b_mine", "INSERT INTO tally VALUES ('mine');")
THEIRS = migration("20260102000000_A_theirs", "INSERT INTO tally VALUES ('theirs');")
LAST = migration("20260102000000_C_last", "INSERT INTO tally VALUES ('last');")


def test_39_names_of_the_same_second_are_applied_in_one_order_everywhere(
    targets: Targets, judge: Judge
) -> None:
    """Both merges start a job, and both jobs find everything."""
    merged = (BEFORE, MINE, LAST, THEIRS)
    jobs = [targets.begin("staging", *merged) for _ in range(2)]

    assert [each.ending()[0] for each in jobs] == [ExitCode.FINE, ExitCode.FINE]
    assert targets.apply("production", *merged)[0] == ExitCode.FINE

    expected = [each.name for each in (BEFORE, THEIRS, MINE, LAST)]
    assert targets.order("staging") == targets.order("production") == expected
    if judge.deploys(targets.urls["prisma"], merged):
        assert targets.order("prisma") == expected


def test_39_a_file_that_comes_too_late_is_refused_on_staging_and_so_on_production(
    targets: Targets, judge: Judge
) -> None:
    """Production has nothing that sorts after it, and would take it: then the two would differ."""
    assert targets.apply("staging", BEFORE, MINE)[0] == ExitCode.FINE
    assert targets.apply("production", BEFORE)[0] == ExitCode.FINE
    before = {each: inside(targets.urls[each]) for each in ("staging", "production")}

    refused, said = targets.apply("staging", BEFORE, EARLIER, MINE)
    closed, told = targets.apply("production", BEFORE, EARLIER, MINE)

    assert (refused, closed) == (ExitCode.HISTORY, ExitCode.GATE_CLOSED), said + told
    assert f"{EARLIER.name} sorts before" in said
    assert f"staging has not applied {EARLIER.name}" in told
    assert {each: inside(targets.urls[each]) for each in before} == before
    judge.agrees(targets.urls["staging"], (BEFORE, EARLIER, MINE))

    renamed = migration("20260103000000_earlier", EARLIER.sql)
    for target in ("staging", "production"):
        assert targets.apply(target, BEFORE, MINE, renamed)[0] == ExitCode.FINE
    assert targets.order("staging") == targets.order("production")
    judge.agrees(targets.urls["production"], (BEFORE, MINE, renamed))


def test_40_a_file_is_edited_after_it_was_applied(place: MakePlace) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    edited = replace(BEFORE, sql=BEFORE.sql + "-- more\n")
    returned = replace(BEFORE, sql=BEFORE.sql.replace("\n", "\r\n"))

    refused = run(Job(made.proxy.url, (edited, TRANSACTIONAL.file)))

    assert refused.error == "HistoryError"
    assert "edited" in refused.message
    assert list(made.check_crash(refused)) == []
    assert run(Job(made.proxy.url, (returned, TRANSACTIONAL.file))).fine
    assert list(after_convergence(made.url, TRANSACTIONAL, made.expected)) == []


CONFIG = """
targets:
  staging: {kind: staging, url_env: STAGING_DATABASE_URL, drift: refuse}
"""


@pytest.mark.parametrize(
    "done",
    ["ALTER TABLE counted DROP COLUMN old", "CREATE INDEX by_hand ON counted (id, n)"],
    ids=["missing column", "extra index"],
)
def test_41_the_rehearsal_passes_and_production_has_drift(
    place: MakePlace, tmp_path: Path, done: str
) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    (tmp_path / "config.yml").write_text(CONFIG)
    environ = {"MIGRATION_BOT_CONFIG": "config.yml"}
    with psycopg.connect(made.url, autocommit=True) as human:
        human.execute(done.encode())
    before = inside(made.url)

    code, said = command(tmp_path, made.url, made.story.history, environ=environ).ending()

    assert code == ExitCode.HISTORY, said
    assert "drift" in said
    assert "counted" in said
    assert inside(made.url) == before
