"""The one sentence for what a statement did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    Measured,
    MeasuredLock,
    RehearsedMigration,
    RehearsedStatement,
    TouchedRows,
)
from bot.core.rehearsals.sizes import RelationSize
from bot.report.lock_words import felt
from bot.report.rehearsals.statement_words import statement_sentence, worst_lock_words
from bot.report.rehearsals.timeline import Timeline
from bot.report.rehearsals.words import quoted
from tests.report.rehearsal_samples import ran, rehearsal

EXCLUSIVE, SHARE, ROWS = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE, LockMode.ROW_EXCLUSIVE
ORDERS, USERS = "public.orders", "public.users"


def said(*statements: RehearsedStatement, index: int = 0, timed: bool = False) -> str:
    migration = RehearsedMigration("20261120000000_x", statements)
    sizes = (RelationSize(ORDERS, rows=10_000),)
    whole = rehearsal(migration, sizes=sizes)
    return statement_sentence(whole, Timeline(migration), index, timed=timed)


def lock(relation: str, mode: LockMode, **fields: bool | float) -> MeasuredLock:
    return MeasuredLock(relation, mode, **fields)  # type: ignore[arg-type]


def test_an_index_blocks_writes_while_it_is_built() -> None:
    build = ran(0, 1.2, lock(ORDERS, SHARE), indexes=("public.i",), scans=(ORDERS,))
    assert said(build) == "blocks all writes to orders for the time of the build"
    assert said(build, timed=True).endswith("for the time of the build (1.2 ms here)")


def test_a_rewrite_says_how_many_rows_it_copied_and_that_nobody_reads() -> None:
    rewrite = ran(0, 90.0, lock(ORDERS, EXCLUSIVE), rewrites=(ORDERS,))
    assert said(rewrite) == "rewrites orders (10,000 rows) while nobody can read or write it"


def test_what_only_changes_the_catalogue_says_so() -> None:
    short = ran(0, 0.3, lock(ORDERS, EXCLUSIVE, held_ms=0.3))
    assert said(short, timed=True) == "metadata only: 0.3 ms; reads and writes of orders wait"


def test_a_lock_that_outlives_its_statement_says_for_how_long() -> None:
    first = ran(0, 0.3, lock(ORDERS, EXCLUSIVE, held_ms=14.3))
    assert said(first, ran(1, 14.0)).endswith("; locked until the commit, 14 ms in all")


def test_changed_rows_are_counted() -> None:
    changed = ran(0, 5.0, lock(USERS, ROWS), rows=(TouchedRows(USERS, updated=120),))
    assert said(changed) == "updated 120 rows in users"
    both = (TouchedRows(USERS, inserted=1, deleted=2), TouchedRows(ORDERS, inserted=9))
    assert said(ran(0, 5.0, rows=both)) == "changed 9 rows in orders and 3 rows in users"


def test_what_is_new_is_not_felt_by_anybody() -> None:
    table = ran(0, 2.0, lock("public.coupons", EXCLUSIVE, new=True))
    assert said(table) == "not felt by anybody else: the table is new"
    index = ran(
        0, 2.0, lock("public.coupons", SHARE, new=True), indexes=("i",), scans=("public.coupons",)
    )
    assert said(index) == "not felt by anybody else: the table is new"
    filled = ran(
        0,
        2.0,
        lock("public.coupons", EXCLUSIVE, new=True),
        rows=(TouchedRows("public.coupons", inserted=3),),
    )
    assert said(filled) == "inserted 3 rows in coupons; not felt by anybody else"


def test_a_foreign_key_blocks_both_tables() -> None:
    key = ran(
        0,
        2.2,
        lock(ORDERS, LockMode.SHARE_ROW_EXCLUSIVE),
        lock(USERS, LockMode.SHARE_ROW_EXCLUSIVE),
        validated=(f"{ORDERS}.orders_user_id_fkey",),
    )
    assert said(key) == "blocks all writes to orders and users while it checks every row"


def test_a_foreign_key_of_a_new_table_checks_no_row_of_the_old_one() -> None:
    """What it waits for is the other table's lock, not its rows."""
    locks = (
        lock("public.coupons", LockMode.SHARE_ROW_EXCLUSIVE, new=True),
        lock(USERS, LockMode.SHARE_ROW_EXCLUSIVE),
    )
    key = ran(0, 0.8, *locks, scans=("public.coupons",), validated=("public.coupons.fkey",))
    assert said(key, timed=True) == "metadata only: 0.8 ms; writes to users wait"
    table = ran(0, 0.8, lock("public.coupons", EXCLUSIVE, new=True), locks[1], indexes=("pkey",))
    assert said(table, timed=True) == "metadata only: 0.8 ms; writes to users wait"


def test_a_unique_constraint_of_an_old_table_is_a_build() -> None:
    index = lock("public.orders_number_key", EXCLUSIVE, new=True, index=True)
    unique = ran(0, 3.0, lock(ORDERS, EXCLUSIVE), index, indexes=("public.orders_number_key",))
    assert said(unique) == "blocks all reads and writes of orders for the time of the build"


def test_validating_reads_all_and_lets_others_go_on() -> None:
    check = ran(
        0, 3.0, lock(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE), validated=(f"{ORDERS}.positive",)
    )
    assert said(check) == "reads all of orders (10,000 rows); reads and writes go on meanwhile"


def test_a_build_beside_running_queries_lets_them_run() -> None:
    build = ran(
        0,
        9.0,
        lock(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE),
        transactional=False,
        indexes=("public.orders_idx",),
        scans=(ORDERS,),
    )
    assert said(build) == "builds orders_idx; reads and writes go on meanwhile"


def test_a_check_under_a_weak_lock_lets_others_go_on() -> None:
    check = ran(0, 9.0, lock(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE), scans=(ORDERS,))
    assert said(check) == "reads all of orders (10,000 rows); reads and writes go on meanwhile"


def test_work_under_a_lock_taken_before_is_blamed_for_the_wait() -> None:
    before = ran(0, 0.2, lock(ORDERS, EXCLUSIVE, held_ms=80.0))
    update = ran(
        1, 60.0, lock(ORDERS, ROWS), scans=(ORDERS,), rows=(TouchedRows(ORDERS, updated=7),)
    )
    sentence = said(before, update, index=1)
    assert sentence == "blocks all reads and writes of orders while it reads every row"


def test_work_elsewhere_says_who_waits_meanwhile() -> None:
    before = ran(0, 0.2, lock(ORDERS, EXCLUSIVE, held_ms=80.0))
    update = ran(1, 60.0, lock(USERS, ROWS), rows=(TouchedRows(USERS, updated=7),))
    sentence = said(before, update, index=1)
    assert sentence == "updated 7 rows in users; reads and writes of orders wait meanwhile"


def test_a_second_change_of_a_locked_table_adds_nothing() -> None:
    before = ran(0, 0.2, lock(ORDERS, EXCLUSIVE, held_ms=1.0))
    assert said(before, ran(1, 0.2), index=1) == "adds no lock that others wait for"


def test_what_is_lost_comes_first() -> None:
    drop = ran(0, 0.4, lock(ORDERS, EXCLUSIVE), loses=("public.orders.note",))
    assert said(drop).startswith("deletes orders.note; metadata only")


def test_a_statement_that_takes_nothing_makes_nobody_wait() -> None:
    assert said(ran(0, 0.1)) == "nobody waits"


@pytest.mark.parametrize("stop", Stop)
def test_a_statement_that_was_stopped_says_why(stop: Stop) -> None:
    refused = Refusal(stop, "no such column", statement=0, sqlstate="42703")
    migration = RehearsedMigration("x", (RehearsedStatement(0),), refused=refused)
    sentence = statement_sentence(rehearsal(migration), Timeline(migration), 0)
    assert sentence.startswith("stopped here: ")
    assert sentence.endswith(" (42703): no such column")
    assert statement_sentence(rehearsal(migration), Timeline(migration), 1) == "not reached"


def test_a_name_is_shown_as_the_face_wants_it() -> None:
    migration = RehearsedMigration("x", (ran(0, 0.3, lock(ORDERS, EXCLUSIVE)),))
    sentence = statement_sentence(rehearsal(migration), Timeline(migration), 0, name=quoted)
    assert "`orders`" in sentence


def test_the_worst_lock_is_the_strongest_for_the_longest_time() -> None:
    made = RehearsedMigration(
        "x",
        (
            ran(0, 1.0, lock(USERS, SHARE, held_ms=99.0)),
            ran(1, 1.0, lock(ORDERS, EXCLUSIVE, held_ms=98.0)),
            ran(2, 97.0, lock("public.late", EXCLUSIVE, held_ms=97.0)),
        ),
    )
    words = worst_lock_words(Timeline(made))
    assert words == "AccessExclusiveLock on orders for 98 ms: reads and writes wait."
    assert worst_lock_words(Timeline(RehearsedMigration("x"))) == ""


RELATIONS = st.sampled_from([ORDERS, USERS, "public.coupons", "billing.a`b\nc"])
NAMES = st.lists(RELATIONS, max_size=2).map(tuple)
LOCKS = st.builds(
    MeasuredLock,
    RELATIONS,
    st.sampled_from(LockMode),
    st.booleans(),
    st.floats(0, 1e5),
    st.booleans(),
)
MEASURED = st.builds(
    Measured,
    duration_ms=st.floats(0, 1e6),
    transactional=st.booleans(),
    locks=st.lists(LOCKS, max_size=4).map(tuple),
    rewrites=NAMES,
    scans=NAMES,
    scans_of_one=st.lists(NAMES, max_size=1).map(tuple),
    rebuilds=NAMES,
    indexes=NAMES,
    validated=st.lists(RELATIONS.map("{}.key".format), max_size=1).map(tuple),
    rows=st.lists(st.builds(TouchedRows, RELATIONS, *[st.integers(0, 9)] * 3), max_size=2).map(
        tuple
    ),
    loses=NAMES,
)


@given(st.lists(MEASURED, min_size=1, max_size=3), st.booleans())
def test_whatever_was_measured_is_one_line_that_blames_only_what_is_felt(
    measured: list[Measured], timed: bool
) -> None:
    statements = [RehearsedStatement(index, each) for index, each in enumerate(measured)]
    timeline = Timeline(RehearsedMigration("x", tuple(statements)))
    for index in range(len(statements)):
        sentence = said(*statements, index=index, timed=timed)
        assert sentence == " ".join(sentence.split())
        held = (*timeline.held_before(index), *timeline.told(index))
        if not any(felt(each) for each in held):
            assert "blocks" not in sentence
            assert " wait" not in sentence.replace("nobody waits", "")
