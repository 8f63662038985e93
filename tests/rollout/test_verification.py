from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.drift.drift import Expected, unknown
from bot.core.findings.found import FoundIndex
from bot.core.rollouts.outcome import AppliedResult, Journal
from bot.core.rollouts.plan import Plan
from bot.core.schemas.schema import Snapshot
from bot.core.settings import default_targets
from bot.core.targets.target import DriftMode, Target, Verification
from bot.errors import HistoryError, PostgresError
from bot.rollout.telling.telling import Telling
from bot.rollout.verification import Verifier, may_spoil
from tests.fakes import FakeCheckout, FakeConsole, FakeDatabase, history, migration, world
from tests.judging import judged

PRODUCTION = default_targets()["production"]
STAGING = default_targets()["staging"]
WANTED: Snapshot = {("table", "public.a"): (("kind", "x"),)}
LATER: Snapshot = {**WANTED, ("table", "public.b"): ()}
DRIFTED: Snapshot = {("table", "public.a"): (("kind", "y"),)}
APPLIED = Plan("production", applied=("m",))
QUERY = "SELECT true"


def invalid(name: str) -> FoundIndex:
    return FoundIndex(name, name.partition(".")[2], "public.a", "CREATE INDEX …", valid=False)


class Tried:
    """One rollout's verification, on a fake target, told to a fake console."""

    def __init__(
        self,
        database: FakeDatabase,
        target: Target = PRODUCTION,
        *,
        expected: Expected | None = None,
        queries: tuple[str, ...] = (),
    ) -> None:
        self.asked = 0
        self.database = database
        self.journal = Journal(applied=[AppliedResult("m", 0.1)])
        made = world(FakeCheckout(history()))
        assert isinstance(made.console, FakeConsole)
        self.console = made.console
        known = expected or Expected(WANTED, LATER, major=18)

        def of(*_: object) -> Expected:
            self.asked += 1
            return known

        telling = Telling(target, made)
        self.verifier = Verifier(target, queries, of, self.journal, telling)

    def before(self, plan: Plan = APPLIED) -> None:
        self.verifier.before(plan, self.database)

    def after(self, *, applied: bool = True) -> None:
        self.verifier.after(self.database, applied=applied)


def shaped(*shapes: Snapshot) -> FakeDatabase:
    return FakeDatabase(shapes=list(shapes))


def test_a_target_that_is_as_its_migrations_make_it_is_verified_before_and_after() -> None:
    tried = Tried(shaped(WANTED, LATER), queries=(QUERY,))

    tried.before()
    tried.after()

    assert tried.journal.drift is not None
    assert not tried.journal.drift.found
    assert [(each.what, each.fine) for each in tried.journal.checks] == [
        ("rows", True),
        ("indexes", True),
        ("catalogue", True),
        ("queries", True),
    ]


def test_drift_stops_production_before_anything_is_written() -> None:
    tried = Tried(shaped(DRIFTED))

    with pytest.raises(HistoryError, match="is not what its applied migrations make") as error:
        tried.before()

    assert "  - has otherwise: table public.a: kind: x → y" in error.value.message
    assert "drift: report" in error.value.hint
    assert tried.journal.drift is not None
    assert tried.journal.drift.found


def test_drift_is_told_of_staging_and_does_not_count_as_new_afterwards() -> None:
    later = {**DRIFTED, ("table", "public.b"): ()}
    tried = Tried(shaped(DRIFTED, later), STAGING)

    tried.before()
    tried.after()

    assert "has otherwise: table public.a: kind: x → y" in tried.console.said[-1]
    assert tried.journal.checks[-1].fine is True


@pytest.mark.parametrize(
    ("target", "plan"),
    [
        (replace(PRODUCTION, drift=DriftMode.OFF), APPLIED),
        (default_targets()["development"], APPLIED),
        (PRODUCTION, Plan("production")),
    ],
    ids=["switched off", "development", "an empty database"],
)
def test_nobody_looks_where_it_is_off_or_the_database_is_empty(target: Target, plan: Plan) -> None:
    tried = Tried(shaped(DRIFTED), target)

    tried.before(plan)
    tried.after()

    assert (tried.asked, tried.journal.drift) == (0, None)
    assert [each.what for each in tried.journal.checks] == ["rows", "indexes"]


def test_what_cannot_be_known_is_said_and_stops_nothing() -> None:
    tried = Tried(shaped(DRIFTED), expected=unknown("there is no server"))

    tried.before()
    tried.after()

    assert tried.console.said == ["drift was not looked for: there is no server"]
    assert tried.journal.drift is not None
    assert tried.journal.drift.unknown == "there is no server"
    assert (tried.journal.checks[-1].what, tried.journal.checks[-1].fine) == ("catalogue", None)


def test_at_most_twenty_differences_are_listed_and_the_others_counted() -> None:
    many = {("table", f"public.t{number:02}"): () for number in range(30)}
    tried = Tried(shaped({**WANTED, **many}, {**LATER, **many}), STAGING)

    tried.before()
    tried.after()

    assert tried.journal.drift is not None
    assert (len(tried.journal.drift.lines), tried.journal.drift.more) == (20, 10)
    assert tried.console.said[-1].endswith("  and 10 more")
    assert tried.journal.checks[-1].fine is True


def _leaves_invalid(tried: Tried) -> None:
    tried.database.found.append(invalid("public.a_n"))


def _ends_otherwise(tried: Tried) -> None:
    tried.database.shapes[:] = [WANTED]


def _is_not_true(tried: Tried) -> None:
    tried.database.wrong[QUERY] = "it gave no rows."


def _is_refused(tried: Tried) -> None:
    tried.database.refuse[QUERY] = [PostgresError("It took too long.", hint="Wait.")]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_leaves_invalid, "does not use these indexes: public.a_n"),
        (_ends_otherwise, "The schema is not what the migrations make: lacks table public.b"),
        (_is_not_true, "Query 1 of `verify`: it gave no rows."),
        (_is_refused, "Query 1 of `verify`: It took too long."),
    ],
)
def test_what_is_wrong_afterwards_is_an_error_that_says_that_it_is_applied(
    spoil: Callable[[Tried], None], words: str
) -> None:
    tried = Tried(shaped(WANTED, LATER), queries=(QUERY,))
    tried.before()
    spoil(tried)

    with pytest.raises(PostgresError, match="applied to production, and not all is as") as error:
        tried.after()

    assert words in error.value.message
    assert "Nothing was taken back" in error.value.hint


@pytest.mark.parametrize(
    ("sql", "spoils"),
    [
        ("CREATE TABLE b (id int); ALTER TABLE b ADD c int; DROP TABLE a", False),
        ("CREATE INDEX i ON a (id); ALTER INDEX i RENAME TO j; DROP INDEX j", False),
        ("CREATE TYPE m AS ENUM ('x'); ALTER TYPE m ADD VALUE 'y'; COMMENT ON TYPE m IS ''", False),
        ("BEGIN; CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s; CREATE SCHEMA n; COMMIT", False),
        ("CREATE TABLE b (id int); CREATE INDEX CONCURRENTLY i ON b (id)", True),
        ("DROP INDEX CONCURRENTLY i", True),
        ("REINDEX TABLE a", True),
        ("DO $$BEGIN UPDATE pg_index SET indisvalid = false; END$$", True),
        ("UPDATE a SET id = 1", True),
        ("SELECT f()", True),
    ],
)
def test_nobody_looks_for_indexes_that_nothing_can_have_spoiled(sql: str, spoils: bool) -> None:
    quiet = judged("CREATE TABLE other (id int)")
    migrations = [quiet, judged(sql, before=["CREATE TABLE a (id int)"])]

    assert may_spoil(migrations) is spoils
    assert may_spoil([quiet]) is False


def test_what_is_not_known_may_have_spoiled_one() -> None:
    assert may_spoil(None) is True
    assert may_spoil([]) is False


def test_an_index_that_was_invalid_before_is_not_held_against_the_rollout() -> None:
    database = shaped(WANTED, LATER)
    database.found.append(invalid("public.old"))
    tried = Tried(database)

    tried.before()
    tried.after()

    assert all(each.fine for each in tried.journal.checks)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "ALTER TABLE a ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
            ["not validated yet, so that old rows may break them: public.a.c"],
        ),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (n > 0)", []),
    ],
)
def test_a_constraint_that_is_left_not_valid_is_a_note_and_no_more(
    sql: str, said: list[str]
) -> None:
    tried = Tried(FakeDatabase(not_valid=["public.a.old"], shapes=[WANTED, LATER]))
    tried.before(replace(APPLIED, pending=(migration("m", sql),)))
    tried.database.not_valid.append("public.a.c")
    tried.after()

    assert tried.journal.notes == said
    assert [each for each in tried.console.said if "validated" in each] == said
    assert all(each.fine for each in tried.journal.checks)


def test_a_targets_own_queries_are_asked_also_where_nothing_was_pending() -> None:
    target = replace(PRODUCTION, verify=Verification((QUERY,)))
    tried = Tried(FakeDatabase(wrong={QUERY: "it gave no rows."}), target, queries=(QUERY,))

    tried.journal.applied.clear()
    with pytest.raises(PostgresError, match="On production not all is as it should be"):
        tried.after(applied=False)
