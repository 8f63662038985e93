"""What goes around statements, told by a target that keeps a diary."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.kept.kept import Kept
from bot.core.kept.loss import Losing
from bot.core.kept.table import KeptColumn, Shelf, TableToKeep
from bot.core.rollouts.checkpoint import Whole
from bot.core.settings import default_targets
from bot.errors import PostgresError
from bot.rollout.keeping.keeper import Keeper
from bot.rollout.keeping.retention import prune, tell_prospects
from tests.fakes import FakeDatabase
from tests.judging import judged

STAGING = replace(default_targets()["staging"], keep_rows=True)
ID, NAME = KeptColumn("id", "integer"), KeptColumn("name", "text")
A = TableToKeep("public", "a", (ID, NAME), (("id",),), rows=10, bytes=8192)
B = replace(A, name="b", keys=())
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEPT = Kept(
    "kept_1", "record", "m", 0, 1, Losing.TABLE, "public", "a", (ID,), (), 7, 8192, NOON,
    NOON + timedelta(days=14),
)  # fmt: skip


@dataclass
class Run:
    """Statements run by a keeper: what it `said`, and which of them were `heard`."""

    sql: str
    database: FakeDatabase
    said: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)

    @property
    def judged(self) -> JudgedMigration:
        return judged(self.sql)

    def run(self) -> list[str]:
        migration = self.judged
        keeper = Keeper(migration, self.database, STAGING, self.said.append)
        keeper.together(
            [each.statement for each in migration.statements],
            Whole("record", migration.migration),
            needs=(),
            heard=lambda: lambda place, seconds, rows: self.heard.append(place),
            lifting=(1,),
        )
        return self.database.diary


def target(**more: object) -> FakeDatabase:
    return FakeDatabase(to_keep={'"a"': A, '"b"': B}, **more)  # type: ignore[arg-type]


def test_what_keeps_goes_around_its_statement_and_is_not_told_of() -> None:
    run = Run("SELECT 1; UPDATE a SET name = 'x' WHERE id = 1; SELECT 2;", target())

    assert run.run() == [
        "begin",
        "SELECT 1",
        "keep a 1",
        "limited: UPDATE a SET name = 'x'",
        "limits again",
        "kept a 1",
        "SELECT 2",
        f"record {run.judged.migration.name}",
        "commit",
    ]
    assert run.heard == [0, 1, 2]


def test_the_place_is_made_once_and_before_the_first_that_needs_it() -> None:
    run = Run("SELECT 1; DROP TABLE a; DROP TABLE b;", target(shelves=Shelf()))

    assert run.run()[1:8] == [
        "SELECT 1", "shelf", "keep a 1", "DROP TABLE a", "limits again", "kept a 1", "keep b 1",
    ]  # fmt: skip


def test_where_nothing_is_destroyed_nobody_looks() -> None:
    class Blind(FakeDatabase):
        def shelf(self) -> Shelf:
            raise AssertionError

    assert Run("CREATE TABLE c (id int);", Blind()).run()[1] == "CREATE TABLE c (id int)"


def test_a_target_that_keeps_nothing_runs_what_is_written() -> None:
    migration = judged("DROP TABLE a;")
    keeper = Keeper(migration, target(), replace(STAGING, keep_rows=False), print)

    assert keeper.prospects() == ()


def test_an_error_is_that_of_the_statement_it_came_from() -> None:
    database = target(refuse={"SELECT 2": [PostgresError("no", hint="so", sqlstate="23505")]})
    run = Run("DROP TABLE a; SELECT 2; SELECT 3;", database)

    with pytest.raises(PostgresError) as refused:
        run.run()

    assert refused.value.position == 1
    assert database.diary[-1] == "rollback"


def test_an_error_behind_the_statements_stays_behind_them() -> None:
    error = PostgresError("no", hint="so", sqlstate="23503", position=6)
    run = Run("DROP TABLE a; SELECT 2;", target(refuse={"commit": [error]}))

    with pytest.raises(PostgresError) as refused:
        run.run()

    # Four texts and two more.
    assert refused.value.position == 4


@pytest.mark.parametrize("state", ["42501", "22012", "53100"])
def test_what_cannot_be_kept_after_all_is_left_and_the_rest_is_kept(state: str) -> None:
    error = PostgresError("It is so.", hint="so", sqlstate=state)
    run = Run("DROP TABLE a; DROP TABLE b;", target(refuse={"keep a 1": [error]}))

    diary = run.run()

    again = diary[diary.index("rollback") + 1 :]
    assert [each for each in again if "keep" in each or "DROP" in each] == [
        "DROP TABLE a", "keep b 1", "DROP TABLE b",
    ]  # fmt: skip
    assert len(run.said) == 1
    assert "what DROP TABLE destroys of public.a" in run.said[0]


@pytest.mark.parametrize("state", ["55P03", "40P01", "40001", "08006", "57014"])
def test_what_passes_and_what_is_lost_is_nobody_s_fault(state: str) -> None:
    error = PostgresError("wait", hint="so", sqlstate=state)
    run = Run("DROP TABLE a;", target(refuse={"keep a 1": [error]}))

    with pytest.raises(PostgresError, match="wait"):
        run.run()
    assert run.said == []


def test_a_statement_that_cannot_be_limited_runs_as_it_is_written() -> None:
    error = PostgresError("ambiguous", hint="so", sqlstate="42702")
    database = target(refuse={"limited: DELETE FROM a": [error]})

    assert "DELETE FROM a" in Run("DELETE FROM a;", database).run()


def test_a_refusal_of_the_row_s_own_is_not_taken_for_ours() -> None:
    error = PostgresError("no", hint="so", sqlstate="23503")
    run = Run("DELETE FROM a;", target(refuse={"limited: DELETE FROM a": [error]}))

    with pytest.raises(PostgresError, match="no"):
        run.run()


def test_once_it_is_committed_nothing_has_it_run_again() -> None:
    class Mute(FakeDatabase):
        def kept(self, records: object = None) -> tuple[Kept, ...]:
            raise PostgresError("wait", hint="so", sqlstate="55P03")

    run = Run("DROP TABLE a;", Mute(to_keep={'"a"': A}))
    run.run()

    assert "could not be listed: wait" in run.said[0]


def test_what_was_kept_is_said() -> None:
    run = Run("DROP TABLE a;", target(listed=[replace(KEPT, record="record")]))
    run.run()

    assert run.said[0].endswith("line 1: 7 rows kept until 2026-03-15 (8.2 kB): rows of public.a")


def test_before_a_rollout_it_is_told_what_will_be_kept_and_noted_what_not() -> None:
    said: list[str] = []
    notes: list[str] = []
    migration = judged("DROP TABLE a;\nUPDATE b SET name = '';\nDROP TABLE nothing;")

    tell_prospects([migration], target(), STAGING, say=said.append, note=notes.append)

    name = migration.migration.name
    assert said == [f"to be kept: {name}, line 1: rows of public.a, about 8.2 kB"]
    assert notes == [
        f"not kept: {name}, line 2: what UPDATE destroys of public.b: without a key that is never "
        "null its rows cannot be found again"
    ]


@pytest.mark.parametrize(("state", "passes"), [("42501", False), ("55P03", True), ("08006", True)])
def test_where_nobody_may_look_nothing_is_kept(state: str, passes: bool) -> None:
    class Closed(FakeDatabase):
        def shelf(self) -> Shelf:
            raise PostgresError("denied", hint="so", sqlstate=state)

    run = Run("DROP TABLE a;", Closed())

    if passes:
        with pytest.raises(PostgresError, match="denied"):
            run.run()
    else:
        assert run.run()[1] == "DROP TABLE a"
        assert "nothing of it is kept: denied" in run.said[0]


def test_what_cannot_be_foreseen_does_not_stop_a_rollout() -> None:
    class Held(FakeDatabase):
        def shelf(self) -> Shelf:
            raise PostgresError("held", hint="so", sqlstate="55P03")

    notes: list[str] = []
    tell_prospects([judged("DROP TABLE a;")], Held(), STAGING, say=print, note=notes.append)

    assert "shows only later: held" in notes[0]


def test_what_is_pruned_is_said_and_what_cannot_be_waits() -> None:
    class Busy(FakeDatabase):
        def prune_kept(self) -> tuple[Kept, ...]:
            raise PostgresError("wait", hint="so", sqlstate="55P03")

    said: list[str] = []
    prune(FakeDatabase(expired=[KEPT]), said.append)
    prune(Busy(), said.append)

    assert said == [
        "deleted what was kept of m until 2026-03-15: kept_1",
        "kept rows that have had their time were left: wait",
    ]
