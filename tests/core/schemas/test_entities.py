"""A whole schema as far as a picture goes, and what of it changed."""

from bot.core.schemas.entities import EnumType, Label, entities
from bot.core.schemas.schema import Snapshot
from tests.core.schemas.test_touched import BASE, BESIDE, ORDERS, USERS, column

STATUS = ("enum", "public.status")
WITH_STATUS: Snapshot = {**BASE, STATUS: (("labels", "'open', 'it''s done'"),)}


def test_a_schema_beside_itself_has_everything_and_no_change() -> None:
    found = entities(WITH_STATUS, WITH_STATUS)

    assert [each.identity for each in found.tables] == ["public.User", "public.other"]
    assert found.enums == (EnumType("public.status", (Label("open"), Label("it's done"))),)
    assert not found.changed


def test_what_is_added_is_marked_and_what_it_refers_to_stays_beside_it() -> None:
    found = entities(BASE, {**BASE, **ORDERS})

    assert {each.identity: each.change for each in found.tables} == {
        "public.User": "",
        "public.orders": "added",
        "public.other": "",
    }
    assert found.changed
    assert [each.identity for each in found.beside().tables] == ["public.User", "public.orders"]


def test_a_changed_column_touches_its_table() -> None:
    wider: Snapshot = {**BASE, ("column", "public.User.email"): column(2, "citext", required=False)}
    users, other = entities(BASE, wider).tables

    assert (users.touched, users.change, users.columns[1].was) == (True, "", "text")
    assert not other.touched


def test_the_values_of_an_enum_know_what_became_of_them() -> None:
    after: Snapshot = {**BASE, STATUS: (("labels", "'open', 'void'"),)}
    (enum,) = entities(WITH_STATUS, after).enums

    assert enum.labels == (Label("open"), Label("void", "added"), Label("it's done", "removed"))
    assert enum.touched
    assert entities(BASE, after).enums[0].change == "added"


def test_partitions_prismas_table_and_hidden_schemas_are_left_out() -> None:
    more: Snapshot = {
        **BASE,
        ("table", "public._prisma_migrations"): (),
        ("table", "public.other_2026"): (("partition", "FOR VALUES IN (1)"),),
        ("table", "internal.secrets"): (),
        ("enum", "internal.kind"): (("labels", "'a'"),),
    }
    found = entities(more, more, hidden=("internal",))

    assert [each.identity for each in found.tables] == ["public.User", "public.other"]
    assert found.enums == ()


def test_a_reference_to_what_is_not_shown_is_not_shown() -> None:
    alone: Snapshot = {**ORDERS, **BESIDE}

    assert entities(alone, alone).references == ()
    assert entities({**alone, **USERS}, {**alone, **USERS}).references != ()
