"""Rollouts that were given the wrong database."""

from dataclasses import replace

import pytest

from bot.commands import identity as verb
from bot.core.rollouts.outcome import Outcome
from bot.core.settings import Settings, default_targets
from bot.core.targets.identity import Identity, Pin, marked
from bot.core.targets.server import Rights, ServerFacts
from bot.core.targets.target import Target
from bot.errors import HistoryError, PostgresError
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.world import World
from tests.fakes import FakeCheckout, FakeConsole, FakeDatabase, history, migration, world

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "CREATE TABLE a (id int);")
HERE = Identity("7389", "shop", 16384, "db.example")
FACTS = ServerFacts("18.1", 18, "shop", False, False, identity=HERE, role="bot")


def server(comment: str | None = None, **changes: object) -> FakeDatabase:
    return FakeDatabase(server=replace(FACTS, comment=comment, **changes))  # type: ignore[arg-type]


def around(database: FakeDatabase, target: Target = STAGING, **others: FakeDatabase) -> World:
    targets = {**default_targets(), target.name: target}
    environ = {targets[name].url_env: "set" for name in [target.name, *others]}
    return world(
        FakeCheckout(history(INIT)),
        {target.name: database, **others},
        settings=Settings(targets=targets),
        environ=environ,
    )


def rolled_out(made: World, name: str = "staging") -> Outcome:
    return roll_out(order_for(made.settings.target(name), made), made)


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        (Pin(system_identifier="1"), "its system_identifier is 7389, not 1"),
        (Pin(database="orders"), "its database is shop, not orders"),
        (Pin(host="other.example"), "its host is db.example, not other.example"),
    ],
)
def test_another_database_than_the_pinned_one_is_refused_untouched(pin: Pin, says: str) -> None:
    database = server()

    with pytest.raises(HistoryError, match=says):
        rolled_out(around(database, replace(STAGING, identity=pin)))

    assert database.diary == []


def test_the_first_rollout_marks_the_database_and_the_next_finds_its_mark() -> None:
    database = server(rights=Rights(history=None))
    rolled_out(around(database))
    assert database.marks == [marked("staging", HERE)]

    marked_already = server(database.marks[0])
    rolled_out(around(marked_already))
    assert marked_already.marks == []


def test_a_database_that_prisma_made_is_marked_before_the_first_migration() -> None:
    database = server()

    rolled_out(around(database))

    assert database.marks == [marked("staging", HERE)]


def test_production_given_as_staging_is_refused_by_its_mark() -> None:
    database = server(marked("production", HERE))

    with pytest.raises(HistoryError, match="is given the database of production") as error:
        rolled_out(around(database))

    assert "physical copy" not in error.value.message
    assert "identity staging --claim" in error.value.hint
    assert (database.diary, database.marks) == ([], [])


def test_a_physical_copy_at_another_host_is_refused_until_it_is_claimed_or_its_host_is_pinned() -> (
    None
):
    elsewhere = replace(HERE, host="old.example")
    copy = server(marked("production", elsewhere))
    with pytest.raises(HistoryError, match="or a physical copy of it"):
        rolled_out(around(copy))

    outcome = rolled_out(around(copy, replace(STAGING, identity=Pin(host="db.example"))))

    assert copy.marks == [marked("staging", HERE)]
    assert "the mark of production came with a copy; staging takes its place" in outcome.notes


def test_a_dump_that_was_restored_elsewhere_brings_a_stale_mark_which_is_replaced() -> None:
    restored = server(marked("production", replace(HERE, system_identifier="7390")))

    outcome = rolled_out(around(restored))

    assert restored.marks == [marked("staging", HERE)]
    assert outcome.notes == ("the mark of production came with a copy; staging takes its place",)


@pytest.mark.parametrize(
    ("database", "says"),
    [
        (server("ask Ada first"), "somebody else's comment"),
        (server(owns_table=False), "does not belong to bot"),
    ],
)
def test_where_no_mark_can_be_left_that_is_said(database: FakeDatabase, says: str) -> None:
    outcome = rolled_out(around(database))

    assert database.marks == []
    assert says in outcome.notes[0]
    assert len(outcome.applied) == 1


def test_two_targets_that_are_one_database_are_refused_before_the_first_mark() -> None:
    database = server()

    with pytest.raises(HistoryError, match="staging and production are the same database"):
        rolled_out(around(database, production=server()))

    assert "table" not in database.diary


def test_a_development_url_that_leads_there_is_said_and_stops_nothing_but_development() -> None:
    made = around(server(), development=server())
    assert rolled_out(made).notes == ("DATABASE_URL, of development, leads to staging too",)

    development = default_targets()["development"]
    with pytest.raises(HistoryError, match="development and staging are the same database"):
        rolled_out(around(server(), development, staging=server()), "development")


def test_schemas_of_one_database_may_be_targets_of_their_own() -> None:
    other = server(identity=replace(HERE, schema="tenant"))

    assert len(rolled_out(around(server(), production=other)).applied) == 1


def test_a_target_that_cannot_be_compared_is_named() -> None:
    made = around(server())
    made = replace(made, environ={**made.environ, "PRODUCTION_DATABASE_URL": "set"})

    outcome = rolled_out(made)

    assert "production could not be compared with staging" in outcome.notes[0]


def test_a_mark_that_cannot_be_written_does_not_stop_the_rollout() -> None:
    class Locked(FakeDatabase):
        def mark(self, text: str) -> None:
            raise PostgresError("Somebody holds its lock.", hint="Wait.")

    outcome = rolled_out(around(Locked(server=FACTS)))

    assert outcome.notes == ("the database could not be marked: Somebody holds its lock.",)


def test_the_verb_shows_what_to_pin_and_claims_what_is_said_to_be_ours() -> None:
    database = server(marked("production", HERE))
    made = around(database)
    console = made.console
    assert isinstance(console, FakeConsole)

    assert verb.run(made, "staging") == 0
    assert verb.run(made, "staging", claiming=True) == 0

    assert "mark               production" in console.shown[0]
    assert '        system_identifier: "7389"' in console.shown[0]
    assert '        host: "db.example"' in console.shown[0]
    assert database.marks == [marked("staging", HERE)]
    assert marked("staging", HERE) in console.shown[1]


@pytest.mark.parametrize(
    ("database", "says"),
    [
        (server("ask Ada first"), "has a comment that is not a mark"),
        (server(rights=Rights(history=None)), "has no migrations table yet"),
    ],
)
def test_a_claim_writes_over_nobody_elses_words(database: FakeDatabase, says: str) -> None:
    with pytest.raises(HistoryError, match=says):
        verb.run(around(database), "staging", claiming=True)

    assert database.marks == []
