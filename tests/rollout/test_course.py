"""The order of events of a rollback, told by a target that keeps a diary."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.drift.drift import Expected
from bot.core.findings.review import JudgedMigration
from bot.core.gates.gate import Gate
from bot.core.rollouts.progress import State
from bot.core.rollouts.rollback import backwards, script_of
from bot.core.rollouts.rollback import chosen as choose
from bot.core.schemas.schema import Snapshot
from bot.core.settings import default_targets
from bot.core.targets.target import DriftMode
from bot.errors import BackupError, GateClosed, HistoryError, PostgresError
from bot.rollout.course import Backwards
from bot.rollout.procedure import Order, roll_out
from tests.fakes import FakeBackups, FakeCheckout, FakeDatabase, applied, history, migration, world
from tests.rollout.keeping.test_keeper import KEPT
from tests.rollout.test_procedure import judged

STAGING, PRODUCTION = default_targets()["staging"], default_targets()["production"]
INIT = migration("20260101000000_init", "CREATE TABLE a()")
MORE = migration("20260201000000_more", "CREATE TABLE b()")
LAST = migration("20260301000000_last", "CREATE TABLE c()")
SCRIPTS = tuple(script_of(each, f"DROP TABLE of_{each.name}") for each in (LAST, MORE))


def order(**changes: object) -> Order:
    def judge(names: Sequence[str]) -> list[JudgedMigration]:
        return [judged(each) for each in SCRIPTS if each.name in names]

    made = Order(
        STAGING,
        history(INIT, MORE, LAST),
        judge,
        lambda _: (),
        course=Backwards(SCRIPTS),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def target() -> FakeDatabase:
    return FakeDatabase([applied(INIT), applied(MORE), applied(LAST)])


def go(placed: Order, database: FakeDatabase, **parts: object) -> object:
    there = {placed.target.name: database}
    return roll_out(placed, world(FakeCheckout(placed.history), there, **parts))  # type: ignore[arg-type]


def test_each_script_is_one_transaction_with_its_row_the_newest_first() -> None:
    database = target()

    outcome = go(order(), database)

    assert database.diary == [
        *("lock", "table"),
        *("begin", SCRIPTS[0].sql, "taken back", "commit"),
        *("begin", SCRIPTS[1].sql, "taken back", "commit"),
        "unlock",
    ]
    assert [row.rolled_back_at is None for row in database.rows] == [True, False, False]
    assert outcome.progress(STAGING).state is State.ROLLED_BACK  # type: ignore[attr-defined]


def test_production_is_backed_up_under_the_lock_before_anything_is_taken_back() -> None:
    diary: list[str] = []
    database = replace(target(), diary=diary)

    go(order(target=PRODUCTION), database, backups=FakeBackups(diary))

    assert diary[:4] == ["lock", "backup", "table", "begin"]


def test_without_a_backup_nothing_is_taken_back() -> None:
    diary: list[str] = []
    database = replace(target(), diary=diary)
    backups = FakeBackups(diary, BackupError("The copy differs.", hint="Look at the disk."))

    with pytest.raises(BackupError):
        go(order(target=PRODUCTION), database, backups=backups)

    assert diary == ["lock", "backup", "unlock"]


def test_a_closed_gate_stops_it() -> None:
    database = target()

    with pytest.raises(GateClosed, match="freeze: on"):
        go(order(gates=lambda _: (Gate("freeze", False, "on"),)), database)

    assert database.diary == ["lock", "unlock"]


def test_the_first_that_fails_leaves_the_others_applied() -> None:
    database = target()
    database.refuse = {SCRIPTS[1].sql: [PostgresError("It is in use.", hint="Wait.")]}

    with pytest.raises(PostgresError, match=r"down\.sql of 20260201000000_more"):
        go(order(), database)

    assert [row.rolled_back_at is None for row in database.rows] == [True, True, False]


def test_after_a_lost_connection_it_goes_on_with_the_rest() -> None:
    database = target()
    lost = PostgresError("It is gone.", hint="Wait.", sqlstate="08006")
    database.refuse = {SCRIPTS[1].sql: [lost]}

    go(order(), database)

    assert [row.rolled_back_at is None for row in database.rows] == [True, False, False]
    assert database.diary.count(SCRIPTS[0].sql) == 1


def test_what_is_no_longer_there_is_not_taken_back_twice() -> None:
    database = FakeDatabase([applied(INIT)])

    outcome = go(order(), database)

    assert database.diary == ["lock", "unlock"]
    assert outcome.applied == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", DriftMode)
def test_what_was_changed_by_hand_since_is_refused_whatever_the_target_makes_of_drift(
    mode: DriftMode,
) -> None:
    table, more = ("table", "public.b"), ("column", "public.b.more")
    before, there = {table: ()}, {table: (), more: (("type", "int"),)}
    database = replace(target(), shapes=[there])
    placed = order(
        target=replace(STAGING, drift=mode),
        expected=lambda *_: Expected(before, {}, major=18),
    )

    with pytest.raises(HistoryError, match=r"has besides: column public\.b\.more"):
        go(placed, database)

    assert "begin" not in database.diary


def test_what_else_was_changed_by_hand_is_told_and_stays() -> None:
    table, other = ("table", "public.b"), ("table", "public.mine")
    before: Snapshot = {table: (), other: ()}
    database = replace(target(), shapes=[before, before, {other: ()}])
    placed = order(
        target=replace(STAGING, drift=DriftMode.REPORT),
        expected=lambda *_: Expected({table: ()}, {}, major=18),
    )

    outcome = go(placed, database)

    assert outcome.drift.lines == ("has besides: table public.mine",)  # type: ignore[attr-defined]


def test_the_plan_of_the_lock_is_the_one_that_was_chosen() -> None:
    plan = Backwards(SCRIPTS).plan(STAGING, history(INIT, MORE, LAST), target())

    assert plan.backwards
    assert [each.name for each in plan.pending] == list(choose(plan, to=INIT.name).names)
    assert backwards(plan, SCRIPTS).digest == plan.digest


def test_what_was_to_be_given_back_and_is_gone_by_now_refuses_before_anything_is_done() -> None:
    database = target()
    row = next(each for each in database.rows if each.name == LAST.name)
    database.listed = [replace(KEPT, record=row.id, shelf="kept_1")]
    promised = order(course=Backwards(SCRIPTS, promised={LAST.name: {"kept_1"}}))
    pruned = order(course=Backwards(SCRIPTS, promised={LAST.name: {"kept_1", "kept_2"}}))

    with pytest.raises(HistoryError, match=f"no longer keeps what {LAST.name} destroyed"):
        go(pruned, database)
    assert "begin" not in database.diary

    go(promised, database)
    assert "taken back" in database.diary
