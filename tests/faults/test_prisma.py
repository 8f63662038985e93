"""Scenarios 2, 13, 14 and 25 with Prisma itself: it waits, refuses or agrees."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.fakes import migration
from tests.faults.campaign import Place, kill
from tests.faults.invariants import after_convergence, content
from tests.faults.judging import project
from tests.faults.proxy import Fault, Link, sending
from tests.faults.runner import Ending, Job, Runner, run
from tests.faults.stories import MIXED, TRANSACTIONAL, Story
from tests.prisma.oracle import Answer, Prisma

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]


@pytest.fixture
def prisma(prisma_or_why_not: tuple[Prisma | None, str]) -> Prisma:
    found, why_not = prisma_or_why_not
    if found is None:
        pytest.skip(why_not)
    return found


class Deploy(threading.Thread):
    """`prisma migrate deploy`, begun while we are at work."""

    def __init__(self, prisma: Prisma, url: str, folder: Path) -> None:
        super().__init__()
        self._ask: Callable[[], Answer] = lambda: prisma.deploy(url, folder)
        self._answer: Answer | None = None

    def run(self) -> None:
        self._answer = self._ask()

    @property
    def answer(self) -> Answer:
        """Waits for its end."""
        self.join()
        assert self._answer is not None
        return self._answer


def rolled_out_beside(prisma: Prisma, made: Place, folder: Path, at: str) -> tuple[Ending, Answer]:
    """How we end, and how a deploy does that begins when we send a statement with `at` in it, and
    comes to wait for our lock."""
    made.reset()
    deploy = Deploy(prisma, made.url, project(folder, made.story.history))

    def begin(_: Link) -> None:
        deploy.start()
        _until_waiting(made.url)
        # Longer than deadlock_timeout: from then on somebody would be sacrificed.
        time.sleep(1.2)

    made.proxy.arm(Fault(sending(at), begin))
    return Runner(made.job).ending(), deploy.answer


@pytest.mark.parametrize(
    ("story", "at"),
    [(TRANSACTIONAL, "CREATE TABLE made"), (MIXED, "UPDATE counted")],
    ids=["transactional", "mixed"],
)
def test_13_prisma_deploys_during_our_transaction(
    place: MakePlace, prisma: Prisma, tmp_path: Path, story: Story, at: str
) -> None:
    made = place(story)

    ending, answer = rolled_out_beside(prisma, made, tmp_path, at)

    assert ending.fine, ending
    assert any(said in answer.text for said in ("P1002", "P3009", "No pending")), answer
    assert list(after_convergence(made.url, story, made.expected)) == []


def test_14_prisma_waits_for_its_lock_when_we_come_to_a_concurrent_build(
    place: MakePlace, prisma: Prisma, tmp_path: Path
) -> None:
    made = place(MIXED)

    ending, answer = rolled_out_beside(prisma, made, tmp_path, "ALTER TABLE counted ADD")

    assert ending.fine, ending
    assert "deadlock" not in ending.told
    assert any(said in answer.text for said in ("P1002", "P3009", "No pending")), answer
    assert list(after_convergence(made.url, MIXED, made.expected)) == []


def test_2_prisma_stops_at_what_we_have_begun(
    place: MakePlace, prisma: Prisma, tmp_path: Path
) -> None:
    made = place(MIXED)
    made.reset()
    folder = project(tmp_path, MIXED.history)
    ending, hit = made.run_with(kill(sending("ALTER TABLE counted ADD")))

    assert hit
    assert ending.killed
    assert "P3009" in prisma.deploy(made.url, folder).text
    assert list(made.check_convergence()) == []
    assert "No pending migrations" in prisma.deploy(made.url, folder).text


ODD = migration(
    "20260102000000_odd",
    "-- a comment; with a semicolon /* not nested\r\n"
    "BEGIN;\r\n"
    "CREATE FUNCTION odd() RETURNS text LANGUAGE plpgsql AS $body$\r\n"
    "BEGIN RETURN 'a;b'; /* an /* inner */ comment; */ END $body$;\r\n"
    "COMMIT;\r\n"
    "/* outer /* inner; */ still; */ INSERT INTO tally (what) VALUES ('all;');\r\n",
)


def test_25_an_odd_file_is_applied_as_prisma_applies_it(
    place: MakePlace, prisma: Prisma, tmp_path: Path
) -> None:
    story = Story(ODD, ("EXISTS (SELECT FROM pg_proc WHERE proname = 'odd')", None))
    made = place(story)
    folder = project(tmp_path, story.history)
    made.reset()
    theirs = prisma.deploy(made.url, folder)
    with psycopg.connect(made.url, autocommit=True) as connection:
        by_prisma = content(connection)

    made.reset()
    ours = run(made.job)

    if theirs.code == 0:
        assert ours.fine, ours
        with psycopg.connect(made.url, autocommit=True) as connection:
            assert content(connection) == by_prisma
    assert list(made.check_convergence()) == []


def test_25_a_byte_order_mark_is_refused_before_anything_runs(
    place: MakePlace, prisma: Prisma, tmp_path: Path
) -> None:
    made = place(TRANSACTIONAL)
    marked = replace(TRANSACTIONAL.file, sql="\ufeff" + TRANSACTIONAL.file.sql)
    story = replace(TRANSACTIONAL, file=marked)
    made.reset()
    with psycopg.connect(made.url, autocommit=True) as connection:
        before = content(connection)
        ending = run(Job(made.proxy.url, story.history))

        assert "byte order mark" in ending.message
        assert content(connection) == before
    # Prisma finds out when it has begun.
    assert prisma.deploy(made.url, project(tmp_path, story.history)).code != 0


def _until_waiting(url: str) -> None:
    """Until somebody wants Prisma's lock and does not get it, for ten seconds at most."""
    deadline = time.monotonic() + 10
    query = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(query).fetchall() and time.monotonic() < deadline:
            time.sleep(0.05)
