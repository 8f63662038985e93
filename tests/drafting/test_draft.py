"""Drafts of schemas that are values: what is lost, what is left, and names that are hostile."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.schemas.draft import Draft, Renamed
from bot.core.schemas.schema import Definition, Snapshot
from bot.drafting.draft import draft

HOSTILE = '"; DROP TABLE x; --'


def of(**values: str | int | bool) -> Definition:
    return tuple(sorted((name.replace("_", " "), value) for name, value in values.items()))


def table(name: str, *columns: tuple[str, str]) -> dict[tuple[str, str], Definition]:
    """A table of schema public whose names need no quotes."""
    found: dict[tuple[str, str], Definition] = {
        ("schema", "public"): (),
        ("table", f"public.{name}"): (),
    }
    for position, (column, kind) in enumerate(columns, start=1):
        found["column", f"public.{name}.{column}"] = of(position=position, type=kind)
    return found


USER = table("customer", ("id", "integer"), ("email", "text"))


def sql_of(drafted: Draft) -> list[str]:
    return [each.sql for each in drafted.statements]


def test_the_same_schema_wants_nothing() -> None:
    assert draft(USER, dict(USER)) == Draft()


def test_a_column_that_goes_takes_its_values_along() -> None:
    drafted = draft(
        table("customer", ("id", "integer"), ("email", "text")),
        table("customer", ("id", "integer")),
    )
    assert sql_of(drafted) == ['ALTER TABLE "public"."customer" DROP COLUMN "email"']
    assert drafted.losses == ("the values of public.customer.email",)


def test_a_table_that_goes_takes_its_rows_along() -> None:
    drafted = draft(USER, {("schema", "public"): ()})
    assert sql_of(drafted) == ['DROP TABLE "public"."customer"']
    assert drafted.losses == ("the rows of public.customer (2 columns)",)


def test_a_column_that_rows_are_without_is_filled_before_it_is_required() -> None:
    wanted = {**USER, ("column", "public.customer.age"): of(position=3, type="int", not_null=True)}
    added, required = draft(USER, wanted).statements
    assert added.sql == 'ALTER TABLE "public"."customer" ADD COLUMN "age" int'
    assert added.needs == ""
    assert required.sql.endswith("SET NOT NULL")
    assert required.needs == "no row has NULL in public.customer.age"


def test_a_column_under_another_name_is_renamed_only_if_that_is_known() -> None:
    after = table("customer", ("id", "integer"), ("mail", "text"))
    guessed = draft(after, USER)
    assert "the values of public.customer.mail" in guessed.losses
    known = Renamed("column", "public.customer.mail", "public.customer.email")
    drafted = draft(after, USER, renames=[known])
    assert sql_of(drafted) == ['ALTER TABLE "public"."customer" RENAME COLUMN "mail" TO "email"']
    assert drafted.losses == ()


def test_a_rename_that_does_not_fit_is_not_done() -> None:
    wrong = Renamed("column", "public.customer.email", "public.customer.nothing")
    assert draft(USER, dict(USER), renames=[wrong]) == Draft()


def test_a_kind_that_nobody_knows_is_left() -> None:
    drafted = draft(USER, {**USER, ("mystery", "x"): of(a=1)})
    assert drafted.statements == ()
    assert drafted.left == ("mystery x is wanted: no SQL is known for its kind",)


def test_values_of_an_enum_that_rows_may_have_are_said() -> None:
    mood = ("enum", "public.mood")
    needs = json.dumps([["enum", "public.mood"]])
    column = of(position=1, type="public.mood", needs=needs)
    base = {**table("t"), ("column", "public.t.m"): column}
    drafted = draft(
        {**base, mood: of(labels="'a', 'b', 'c'")}, {**base, mood: of(labels="'a', 'c'")}
    )
    converting = [each for each in drafted.statements if " USING " in each.sql]
    assert [each.needs for each in converting] == ["no row has 'b' in public.t.m"]


def test_a_value_is_added_where_it_belongs() -> None:
    mood = ("enum", "public.mood")
    drafted = draft({mood: of(labels="'b', 'd'")}, {mood: of(labels="'a', 'b', 'c', 'd', 'e'")})
    assert sql_of(drafted) == [
        """ALTER TYPE "public"."mood" ADD VALUE 'a' BEFORE 'b'""",
        """ALTER TYPE "public"."mood" ADD VALUE 'c' AFTER 'b'""",
        """ALTER TYPE "public"."mood" ADD VALUE 'e'""",
    ]


@pytest.mark.parametrize("kind", ["sequence", "schema", "extension"])
def test_a_hostile_name_stays_a_name(kind: str) -> None:
    doubled = HOSTILE.replace('"', '""')
    identity = f'"{doubled}"' if kind != "sequence" else f'public."{doubled}"'
    drafted = draft({}, {(kind, identity): of(schema="public")})
    assert all(f'"{doubled}"' in each for each in sql_of(drafted))
    assert len(drafted.statements) == 1


KINDS = st.sampled_from(["integer", "bigint", "text", "numeric(10,2)", "uuid"])
COLUMNS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(KINDS, st.booleans(), st.sampled_from([None, "1", "now()"])),
    max_size=5,
)


@st.composite
def schemas(some: st.DrawFn) -> Snapshot:
    """Up to three tables, with keys and indexes on their columns."""
    found: dict[tuple[str, str], Definition] = {("schema", "public"): ()}
    for name in some(st.sets(st.sampled_from("xyz"))):
        found["table", f"public.{name}"] = ()
        columns = some(COLUMNS)
        for position, (column, (kind, required, default)) in enumerate(sorted(columns.items())):
            values: dict[str, str | int | bool] = {"position": position, "type": kind}
            values |= {"not_null": True} if required else {}
            values |= {"default": default} if default else {}
            found["column", f"public.{name}.{column}"] = of(**values)
            if some(st.booleans()):
                index = f"CREATE INDEX {name}_{column} ON public.{name} USING btree ({column})"
                found["index", f"public.{name}.{name}_{column}"] = of(
                    definition=index,
                    needs=json.dumps([["column", f"public.{name}.{column}"]]),
                )
    return found


@given(schemas())
def test_nothing_is_drafted_of_a_schema_and_itself(schema: Snapshot) -> None:
    assert draft(schema, dict(schema)) == Draft()


@given(schemas(), schemas())
def test_a_draft_is_the_same_whatever_order_things_are_read_in(
    current: Snapshot, wanted: Snapshot
) -> None:
    drafted = draft(current, wanted)
    turned = draft(dict(reversed([*current.items()])), dict(reversed([*wanted.items()])))
    assert drafted == turned


@given(schemas(), schemas())
def test_something_is_drafted_of_what_differs_in_more_than_order(
    current: Snapshot, wanted: Snapshot
) -> None:
    def plain(schema: Snapshot) -> dict[tuple[str, str], Definition]:
        return {
            key: tuple(each for each in value if each[0] != "position")
            for key, value in schema.items()
        }

    drafted = draft(current, wanted)
    assert bool(drafted.statements) == (plain(current) != plain(wanted))
    assert drafted.left == ()
