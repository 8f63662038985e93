"""Scenarios 1 to 8, 15 and 20 to 25 one by one: a known fault at a known place."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from tests.fakes import migration
from tests.faults.campaign import Place, kill
from tests.faults.invariants import after_convergence, checkpoint_text, content, look
from tests.faults.judging import Judge
from tests.faults.proxy import Message, answering, sending
from tests.faults.runner import Job, Runner, run
from tests.faults.stories import (
    BEFORE,
    BUILD,
    INDEXED,
    MIXED,
    TRANSACTIONAL,
    Story,
    has_index,
    tallied,
)

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]


def sent(place: Place, text: str) -> int:
    """How often the last run sent a statement with this in it."""
    return sum(sending(text)(each) for each in place.proxy.seen)


def killed(place: Place, at: Callable[[Message], bool], *, after: bool = False) -> None:
    ending, hit = place.run_with(kill(at, after=after))
    assert hit
    assert ending.killed
    assert list(place.check_crash(ending)) == []


def converges(place: Place) -> bool:
    return list(place.check_convergence()) == []


def test_1_killed_before_the_row_is_inserted(place: MakePlace) -> None:
    made = place(MIXED)

    killed(made, sending('INSERT INTO "public"."_prisma_migrations"'))

    assert look(made.url, MIXED).steps is None
    assert converges(made)


def test_2_killed_after_the_row_before_segment_0(place: MakePlace) -> None:
    made = place(MIXED)

    killed(made, sending("ALTER TABLE counted ADD"))

    state = look(made.url, MIXED)
    assert (state.steps, state.finished) == (0, False)
    assert converges(made)


def test_3_killed_between_statements_of_a_transactional_segment(place: MakePlace) -> None:
    made = place(MIXED)

    killed(made, sending("UPDATE counted"), after=True)

    assert look(made.url, MIXED).effects[2] is False
    assert converges(made)


@pytest.mark.parametrize("story", [TRANSACTIONAL, MIXED], ids=["transactional", "mixed"])
def test_4_killed_after_commit_was_sent_before_the_answer(place: MakePlace, story: Story) -> None:
    made = place(story)

    killed(made, answering("COMMIT"))

    state = look(made.url, story)
    assert state.effects[0] is True
    assert state.steps == 1
    assert converges(made)
    assert sent(made, "ALTER TABLE counted ADD") == 0


def test_6_killed_after_intent_before_the_concurrent_build(place: MakePlace) -> None:
    made = place(MIXED)

    killed(made, sending(BUILD))

    assert checkpoint_text(look(made.url, MIXED))["intent"]["segment"] == 1
    assert converges(made)
    assert sent(made, BUILD) == 1


def test_7_killed_during_the_concurrent_build_and_its_session_builds_on(place: MakePlace) -> None:
    made = place(MIXED)
    made.reset()
    with psycopg.connect(made.url) as reader, psycopg.connect(made.url, autocommit=True) as other:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1 FROM felt")

        victim = Runner(made.job)
        # The build waits for the reader's snapshot when its client dies.
        while not _builds(other):
            assert victim.running
        victim.kill()
        ending = victim.ending()
        assert ending.killed
        second = Runner(made.job)
        builds = {len(_builds(other)) for _ in range(200)}
        assert max(builds) <= 1
        reader.rollback()
    assert second.ending().fine
    assert list(after_convergence(made.url, MIXED, made.expected)) == []


def test_8_killed_after_the_concurrent_build_before_the_checkpoint(place: MakePlace) -> None:
    made = place(MIXED)

    killed(made, answering("CREATE INDEX"))

    assert look(made.url, MIXED).steps == 1
    assert converges(made)
    assert sent(made, BUILD) == 0


@pytest.mark.parametrize(
    ("story", "at", "state"),
    [
        (TRANSACTIONAL, "ALTER TABLE counted ADD COLUMN more int NOT NULL DEFAULT 7", "42701"),
        (INDEXED, "CREATE INDEX CONCURRENTLY counted_n ON counted (n)", "42P07"),
    ],
    ids=["transactional", "concurrently"],
)
def test_15_a_human_runs_the_same_ddl_meanwhile(
    place: MakePlace, judge: Judge, story: Story, at: str, state: str
) -> None:
    made = place(story)
    made.reset()
    with psycopg.connect(made.url, autocommit=True) as human:
        human.execute(at.encode())
        before = content(human)
        ending = run(made.job)

        assert (ending.error, ending.sqlstate) == ("PostgresError", state)
        assert content(human) == before
    assert look(made.url, story).steps is None
    judge.refuses(made.url, story.history, "already exists")


def test_20_a_unique_concurrent_build_meets_doubles(place: MakePlace) -> None:
    file = migration(
        "20260102000000_unique", "CREATE UNIQUE INDEX CONCURRENTLY tally_what ON tally (what);\n"
    )
    made = place(Story(file, (has_index("tally_what"),)))
    made.reset()
    with psycopg.connect(made.url, autocommit=True) as other:
        other.execute("INSERT INTO tally VALUES ('secret'), ('secret')")
        ending = run(made.job)

        assert ending.sqlstate == "23505"
        assert "secret" not in ending.told
        assert "tally" in ending.hint
        other.execute("TRUNCATE tally")
    assert list(made.check_crash(ending)) == []
    assert converges(made)


def test_21_an_invalid_index_of_somebody_else_is_left_alone(place: MakePlace) -> None:
    made = place(INDEXED)
    made.reset()
    with psycopg.connect(made.url, autocommit=True) as other:
        other.execute("CREATE INDEX counted_n ON counted (n)")
        other.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'counted_n'::regclass"
        )
        ending = run(made.job)

        assert ending.sqlstate == "42P07"
        assert "counted_n" in ending.message
        assert "DROP INDEX CONCURRENTLY" in ending.hint
        assert other.execute("SELECT 'counted_n'::regclass::text").fetchone() == ("counted_n",)
        other.execute("DROP INDEX counted_n")
    assert converges(made)


def test_22_a_deadlock_with_an_application_is_survived(place: MakePlace) -> None:
    file = migration(
        "20260102000000_both",
        "ALTER TABLE counted ADD COLUMN more int;\nALTER TABLE tally ADD COLUMN more int;\n",
    )
    witness = "EXISTS (SELECT FROM pg_attribute WHERE attname = 'more')"
    made = place(Story(file, (witness,)))
    made.reset()
    with psycopg.connect(made.url) as application:
        application.execute("INSERT INTO tally VALUES ('mine')")
        runner = Runner(made.job)
        # The opposite order: what comes first in the file is wanted last.
        application.execute("UPDATE counted SET n = n WHERE id = 1")
        application.execute("SELECT pg_sleep(0.5)")
        application.execute("UPDATE counted SET n = n WHERE id = 2")
        application.execute("DELETE FROM tally")
        application.commit()
    assert runner.ending().fine
    assert list(after_convergence(made.url, made.story, made.expected)) == []


FAILING = migration(
    "20260102000000_failing",
    """\
INSERT INTO tally (what) VALUES ('first');
CREATE INDEX CONCURRENTLY counted_n ON counted (n);
INSERT INTO tally (what) VALUES (NULL);
VACUUM counted;
""",
)


def test_23_a_statement_fails_between_segments(place: MakePlace, judge: Judge) -> None:
    mended = replace(FAILING, sql=FAILING.sql.replace("NULL", "'third'"))
    made = place(Story(mended, (tallied("first"), has_index("counted_n"), tallied("third"), None)))
    made.reset()
    failing = Story(FAILING, made.story.witnesses)

    stopped = run(Job(made.proxy.url, failing.history))
    again = run(Job(made.proxy.url, failing.history))
    edited = replace(mended, sql=mended.sql.replace("'first'", "'1st'"))
    refused = run(Job(made.proxy.url, (BEFORE, edited)))

    for each in (stopped, again):
        assert each.sqlstate == "23502"
        assert "Everything before line 3" in each.message
        assert "goes on at line 3" in each.hint
    assert look(made.url, failing).steps == 2
    assert refused.error == "HistoryError"
    assert "edited" in refused.message
    judge.agrees(made.url, failing.history)
    judge.refuses(made.url, failing.history, "P3009")
    assert converges(made)
    assert sent(made, "'first'") == 0


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_24_killed_between_a_new_enum_value_and_its_use(place: MakePlace, after: bool) -> None:
    made = place(MIXED)

    killed(made, sending("INSERT INTO felt"), after=after)

    assert look(made.url, MIXED).effects[4:6] == (True, False)
    assert converges(made)


def _builds(other: "psycopg.Connection[tuple[object, ...]]") -> list[tuple[object, ...]]:
    return other.execute("SELECT pid FROM pg_stat_progress_create_index").fetchall()
