"""Which tables a change touches, what of them differs, and what they are connected with."""

from bot.core.schemas.schema import Definition, Snapshot
from bot.core.schemas.touched import Column, Reference, touched


def column(position: int, type_name: str = "bigint", *, required: bool = True) -> Definition:
    given: Definition = (("position", position), ("type", type_name))
    return (("not null", True), *given) if required else given


def constraint(definition: str) -> Definition:
    return (("definition", definition),)


USERS: Snapshot = {
    ("table", "public.User"): (),
    ("column", "public.User.id"): column(1),
    ("column", "public.User.email"): column(2, "text", required=False),
    ("constraint", "public.User.User_pkey"): constraint("PRIMARY KEY (id)"),
}
ORDERS: Snapshot = {
    ("table", "public.orders"): (),
    ("column", "public.orders.userId"): column(2),
    ("column", "public.orders.id"): column(1),
    ("constraint", "public.orders.orders_user_fkey"): constraint(
        'FOREIGN KEY ("userId") REFERENCES public."User"(id) ON DELETE CASCADE'
    ),
}
BESIDE: Snapshot = {("table", "public.other"): (), ("column", "public.other.id"): column(1)}
BASE: Snapshot = {**USERS, **BESIDE}


def test_nothing_differs_and_nothing_is_touched() -> None:
    assert touched(BASE, dict(BASE)).tables == ()


def test_a_new_table_comes_with_what_it_refers_to_and_nothing_else() -> None:
    found = touched(BASE, {**BASE, **ORDERS})

    assert [(each.identity, each.change, each.touched) for each in found.tables] == [
        ("public.orders", "added", True),
        ("public.User", "", False),
    ]
    assert found.references == (Reference("public.orders", "public.User", ("userId",), "added"),)
    assert found.changes.lines[0] == "added table public.orders (2 columns)"


def test_columns_stand_in_their_order_and_know_their_keys() -> None:
    orders, users = touched(BASE, {**BASE, **ORDERS}).tables

    assert orders.columns == (
        Column("id", "bigint", change="added", required=True),
        Column("userId", "bigint", foreign=True, change="added", required=True),
    )
    assert users.columns[0] == Column("id", "bigint", primary=True, required=True)


def test_a_table_that_others_refer_to_brings_these_along() -> None:
    whole: Snapshot = {**BASE, **ORDERS}
    wider = {**whole, ("column", "public.User.email"): column(2, "citext", required=False)}

    found = touched(whole, wider)

    assert [(each.identity, each.touched) for each in found.tables] == [
        ("public.User", True),
        ("public.orders", False),
    ]
    assert found.tables[0].columns[1] == Column("email", "citext", change="changed", was="text")


def test_what_was_dropped_is_still_shown() -> None:
    found = touched({**BASE, **ORDERS}, BASE)

    assert found.tables[0].change == "removed"
    assert found.references[0].change == "removed"


def test_a_reference_of_rows_that_need_not_have_one_and_are_alone_with_it() -> None:
    made: Snapshot = {
        **ORDERS,
        ("column", "public.orders.userId"): column(2, required=False),
        ("constraint", "public.orders.one"): constraint('UNIQUE ("userId")'),
    }
    (reference,) = touched(BASE, {**BASE, **made}).references

    assert (reference.optional, reference.single) == (True, True)


def test_a_unique_index_tells_rows_apart_unless_it_is_partial() -> None:
    definition = 'CREATE UNIQUE INDEX one ON public.orders USING btree ("userId")'
    made: Snapshot = {**ORDERS, ("index", "public.orders.one"): constraint(definition)}
    partial: Snapshot = {
        **ORDERS,
        ("index", "public.orders.one"): constraint(f"{definition} WHERE (id > 3)"),
    }
    whole, part = touched(BASE, {**BASE, **made}), touched(BASE, {**BASE, **partial})

    assert [each.unique for each in whole.tables[0].columns] == [False, True]
    assert whole.references[0].single
    assert [each.unique for each in part.tables[0].columns] == [False, False]
    assert not part.references[0].single


def test_an_index_touches_its_table() -> None:
    index = {("index", "public.User.User_email_idx"): constraint("CREATE INDEX …")}

    assert [each.identity for each in touched(BASE, {**BASE, **index}).tables] == ["public.User"]


def test_a_view_or_a_function_is_no_table() -> None:
    view: Snapshot = {("view", "public.v"): (), ("function", "public.f(a integer)"): ()}

    assert touched(BASE, {**BASE, **view}).tables == ()


def test_names_with_dots_and_quotes_find_their_tables() -> None:
    odd: Snapshot = {
        ("table", 'public."a.b"'): (),
        ("column", 'public."a.b"."c.d"'): column(1),
        ("constraint", 'public."a.b".fk'): constraint(
            'FOREIGN KEY ("c.d") REFERENCES public."User"(id)'
        ),
    }
    found = touched(BASE, {**BASE, **odd})

    assert found.tables[0].columns == (
        Column("c.d", "bigint", foreign=True, change="added", required=True),
    )
    assert found.references[0].to == "public.User"
