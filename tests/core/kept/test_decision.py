"""Whether a loss is kept, from the table as it is."""

from dataclasses import replace

import pytest

from bot.core.kept.decision import decide, is_lossless
from bot.core.kept.kept import Keep, Unkept
from bot.core.kept.loss import Losing, Loss, NewType
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Cascade, KeptColumn, Shelf, TableToKeep

ID = KeptColumn("id", "integer", width=4)
NAME = KeptColumn("name", "text", width=20)
CODE = KeptColumn("code", "text", width=6)
TWICE = KeptColumn("twice", "integer", generated=True)
TABLE = TableToKeep(
    "public", "a", (ID, NAME, CODE, TWICE), (("id",), ("code",)), rows=1000, bytes=80_000
)
SHELF = Shelf(schema=True, index=True)
POLICY = KeepPolicy()
DROP = Loss(0, 1, Losing.TABLE, '"a"', "public.a")
COLUMN = Loss(0, 1, Losing.COLUMNS, '"a"', "public.a", ("name",))
DELETE = Loss(0, 1, Losing.DELETED, '"a"', "public.a")
UPDATE = Loss(0, 1, Losing.UPDATED, '"a"', "public.a", ("name",))


def why(loss: Loss, table: TableToKeep = TABLE, shelf: Shelf = SHELF, **limits: int) -> str:
    found = decide(loss, table, shelf, replace(POLICY, **limits))
    assert isinstance(found, Unkept)
    return found.why


def kept(loss: Loss, table: TableToKeep = TABLE, **more: int) -> Keep:
    found = decide(loss, table, SHELF, POLICY, **more)
    assert isinstance(found, Keep)
    return found


def test_of_a_table_that_goes_all_is_kept_but_what_is_worked_out() -> None:
    found = kept(DROP)

    assert [each.name for each in found.columns] == ["id", "name", "code"]
    assert (found.rows, found.bytes) == (1000, 80_000)


def test_of_a_column_its_values_are_kept_with_the_key() -> None:
    found = kept(COLUMN)

    assert (found.key, found.columns) == ((ID,), (NAME,))
    assert found.bytes == 1000 * (36 + 4 + 20)


def test_the_key_that_is_taken_away_is_not_what_rows_are_found_by() -> None:
    assert kept(replace(COLUMN, columns=("id",))).key == (CODE,)
    both = replace(COLUMN, columns=("id", "code"))
    assert why(both) == "without a key that is never null its rows cannot be found again"


def test_a_key_that_changes_later_in_the_migration_is_not_what_rows_are_found_by() -> None:
    assert kept(replace(COLUMN, spoilt=("id",))).key == (CODE,)
    assert "without a key" in why(replace(COLUMN, spoilt=("id", "code")))
    assert kept(replace(DROP, spoilt=("id",))).key == (ID,)


def test_a_copy_is_not_begun_that_would_run_out_of_its_time() -> None:
    large = replace(TABLE, bytes=200_000_000)

    assert isinstance(decide(DROP, large, SHELF, POLICY, timeout=5_000), Keep)
    found = decide(DROP, large, SHELF, POLICY, timeout=3_000)
    assert isinstance(found, Unkept)
    assert found.why == "the copy takes about 4 s, and a statement may run 3 s"


def test_rows_that_go_whole_need_no_key() -> None:
    bare = replace(TABLE, keys=())

    assert kept(DROP, bare).key == ()
    assert kept(DELETE, bare).key == ()
    assert "without a key" in why(UPDATE, bare)


def test_an_update_is_measured_by_the_rows_that_it_will_change_and_twice() -> None:
    assert kept(UPDATE, matching=500).bytes == 500 * (36 + 4 + 20 + 36 + 20)


def test_what_is_not_there_or_worked_out_anew_is_no_loss() -> None:
    assert decide(DROP, None, SHELF, POLICY) is None
    assert decide(replace(COLUMN, columns=("twice",)), TABLE, SHELF, POLICY) is None
    assert decide(replace(COLUMN, columns=("other",)), TABLE, SHELF, POLICY) is None


@pytest.mark.parametrize(
    ("loss", "table", "said"),
    [
        (replace(DROP, obstacle="it is so"), TABLE, "it is so"),
        (DROP, replace(TABLE, obstacle="it has rules"), "it has rules"),
        (
            DELETE,
            replace(TABLE, cascades=(Cascade("public.b", ("a",), ("id",), deletes=False),)),
            "rows of public.b are changed with it",
        ),
        (DELETE, replace(TABLE, decided=True), "a trigger of it decides"),
        (UPDATE, replace(TABLE, cascading=("name",)), "other tables follow what is written to"),
        (
            replace(DROP, kind=Losing.EMPTIED, with_it=("public.b",)),
            replace(TABLE, referring=("public.b", "public.c")),
            "public.c would be emptied with it",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_says_why(loss: Loss, table: TableToKeep, said: str) -> None:
    assert said in why(loss, table)


def test_a_database_that_has_no_place_says_why() -> None:
    assert why(DROP, shelf=Shelf(obstacle="the role may make no schema")).startswith("the role")


def test_beyond_the_budget_nothing_is_kept_and_what_is_kept_already_counts() -> None:
    assert why(DROP, budget=79_999) == (
        "it takes about 80.0 kB, and of the budget of 80.0 kB 80.0 kB are left"
    )
    assert "0 bytes are left" in why(DROP, shelf=replace(SHELF, bytes=2_000_000_000))


def test_a_table_that_stays_in_use_is_not_locked_for_long() -> None:
    large = replace(TABLE, rows=10_000_000, bytes=800_000_000)

    assert "locked for about 12 s longer, and `hold` allows 5 s" in why(COLUMN, large)
    assert kept(DROP, large).bytes == 800_000_000
    assert decide(COLUMN, large, SHELF, replace(POLICY, hold=20_000)) is not None


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("integer", "bigint", True),
        ("bigint", "integer", False),
        ("integer", "text", True),
        ("text", "integer", False),
        ("character varying(10)", "varchar(20)", True),
        ("character varying(20)", "varchar(10)", False),
        ("character varying(20)", "varchar", True),
        ("text", "varchar(20)", False),
        ("numeric(10,2)", "numeric(8,2)", False),
        ("numeric(10,2)", "integer", False),
        ("timestamp without time zone", "date", False),
        ("json", "jsonb", False),
        ("date", "timestamp", True),
        ("timestamp(3) without time zone", "timestamp", True),
        ("timestamp(3) without time zone", "timestamp(6)", True),
        ("timestamp(3) with time zone", "timestamp", False),
        ("timestamp(3) with time zone", "timestamptz", True),
        ("time(3) with time zone", "time", False),
        ("character(5)", "char(1)", False),
    ],
)
def test_some_types_take_every_value_as_it_is(old: str, new: str, same: bool) -> None:
    assert is_lossless(KeptColumn("n", old), NewType("n", new)) is same


def test_what_is_worked_out_of_a_value_is_not_the_value() -> None:
    assert not is_lossless(KeptColumn("n", "integer"), NewType("n", "bigint", casts=False))


def test_the_label_of_an_enum_is_kept_by_a_text() -> None:
    enum = KeptColumn("n", "public.mood", plain=False)

    assert is_lossless(enum, NewType("n", "text"))
    assert not is_lossless(enum, NewType("n", "public.mood_new"))
