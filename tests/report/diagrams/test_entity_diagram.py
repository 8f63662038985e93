"""The entity diagram: what is in it, how a change shows, and what names can do to it."""

import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from bot.core.schemas.entities import Entities, EnumType, Label
from bot.core.schemas.touched import Column, Reference, Table
from bot.report.diagrams.entity_diagram import entity_diagram
from bot.report.diagrams.entity_text import entity_diagram_as_text
from tests.report.diagrams.pictures import ATTACKS, NAMES, SVG, parsed, texts
from tests.report.diagrams.schemas import ID, SHOP, made_up


def titles(svg: str) -> list[str]:
    return [each.text or "" for each in parsed(svg).iter(f"{SVG}title")]


def classes(svg: str) -> set[str]:
    return {each.attrib.get("class", "") for each in parsed(svg).iter()}


def test_tables_columns_types_and_keys_are_written() -> None:
    said = texts(entity_diagram(SHOP, whole=True))
    for each in ("users", "orders", "email", "uuid", "PK", "PK FK", "UQ", "timestamptz(3)"):
        assert each in said


def test_what_may_be_null_has_prismas_question_mark() -> None:
    said = texts(entity_diagram(SHOP, whole=True))
    assert "text?" in said
    assert "may be NULL" in said


def test_a_change_shows_by_its_sign_and_by_its_colour() -> None:
    made = entity_diagram(SHOP)
    said = texts(made)
    for sign, word in (("+", "added"), ("−", "removed"), ("~", "changed")):
        assert sign in said
        assert word in said
        assert f"tint-{word}" in classes(made)
    assert "integer → bigint" in said


def test_what_is_removed_is_struck_through_and_dashed() -> None:
    assert {"column struck", "name struck", "box removed"} <= classes(entity_diagram(SHOP))


def test_without_changes_nothing_is_marked() -> None:
    made = entity_diagram(made_up(8))
    assert not {"+", "−", "~"} & set(texts(made))
    assert not [each for each in classes(made) if "tint-" in each]


def test_of_a_change_only_what_it_touches_and_what_is_beside_it_is_shown() -> None:
    part, all_ = texts(entity_diagram(SHOP)), texts(entity_diagram(SHOP, whole=True))
    assert "products" not in part
    assert "plan_kind" not in part
    assert "products" in all_
    assert "plan_kind" in all_


def test_of_a_table_that_did_not_change_only_keys_are_shown() -> None:
    said = texts(entity_diagram(SHOP))
    assert "… 2 more columns" in said
    assert "amount" not in said


def test_of_a_large_schema_only_keys_and_changes_are_shown() -> None:
    schema = made_up(40)
    changed = replace(schema.tables[7].columns[-1], name="the_new_one", change="added")
    seventh = replace(schema.tables[7], columns=(*schema.tables[7].columns, changed), touched=True)
    with_change = replace(schema, tables=(*schema.tables[:7], seventh, *schema.tables[8:]))
    said = texts(entity_diagram(with_change, whole=True))
    assert "the_new_one" in said
    assert schema.tables[5].columns[-1].name not in said


def test_a_foreign_key_says_what_it_is() -> None:
    said = titles(entity_diagram(SHOP, whole=True))
    assert "orders (coupon_id) refers to coupons, or to none: added" in said
    assert "profiles (user_id) refers to users, at most one row each" in said


def test_each_foreign_key_is_a_line() -> None:
    root = parsed(entity_diagram(SHOP, whole=True))
    lines = [e for e in root.iter(f"{SVG}path") if e.attrib["class"].startswith("edge")]
    assert len(lines) == len(SHOP.references)


def test_too_long_a_name_is_cut_and_told_in_full() -> None:
    name = "a_name_that_is_really_much_longer_than_there_is_room_for_in_any_box"
    made = entity_diagram(Entities((Table(f"public.{name}", (Column(name, name),)),)))
    assert name not in texts(made)
    assert name in titles(made)
    assert any(each.endswith("…") for each in texts(made))


def test_a_table_with_very_many_columns_does_not_become_a_tower() -> None:
    wide = Table("public.wide", tuple(Column(f"c{n}", "text") for n in range(200)), touched=False)
    said = texts(entity_diagram(Entities((wide,))))
    assert "… 176 more columns" in said


def test_too_many_tables_are_not_all_drawn_and_it_says_so() -> None:
    tables = tuple(Table(f"public.t{n:03}", (ID,), touched=n == 170) for n in range(180))
    said = texts(entity_diagram(Entities(tables), whole=True))
    assert "t170" in said, "what was touched comes first"
    assert "30 more are not shown." in said


def test_a_table_that_refers_to_itself_and_two_that_refer_to_each_other() -> None:
    tables = tuple(Table(f"public.{name}", (ID, Column("r", "uuid"))) for name in "ab")
    keys = (
        Reference("public.a", "public.a", ("r",)),
        Reference("public.a", "public.b", ("r",)),
        Reference("public.b", "public.a", ("r",)),
    )
    assert entity_diagram(Entities(tables, keys)).count('class="edge') == 3


def test_a_reference_to_a_table_that_is_not_there_is_left_out() -> None:
    schema = Entities((Table("public.a", (ID,)),), (Reference("public.a", "other.b", ("id",)),))
    assert 'class="edge' not in entity_diagram(schema)


def test_an_empty_schema_is_an_empty_picture() -> None:
    assert "0 tables" in entity_diagram(Entities())


@given(NAMES, NAMES)
@settings(max_examples=60, deadline=None)
@example("</text><script>alert(1)</script>", '" onload="alert(1)')
def test_any_name_makes_a_picture_of_known_parts(name: str, other: str) -> None:
    hostile(name, other)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_only_a_name(name: str) -> None:
    hostile(name, name)


def hostile(name: str, other: str) -> None:
    schema = Entities(
        (
            Table(name, (Column(other, name, was=other, change="changed"),)),
            Table(f"{name}.", (ID,)),
        ),
        (Reference(name, f"{name}.", (other,), "added"),),
        (EnumType(other, (Label(name), Label(other, "added"))),),
    )
    for width in (360, 1400):
        parsed(entity_diagram(schema, whole=True, width=width, title=name or "x"))


def test_the_same_in_words_for_who_cannot_see_it() -> None:
    said = entity_diagram_as_text(SHOP).splitlines()
    assert "table users" in said
    assert "  total bigint, not null (changed, was integer)" in said
    assert "table login_tokens (removed)" in said
    assert "foreign key coupons (created_by_id) refers to users: added" in said
    assert "enum order_status: open, paid, refunded (added), void (removed)" in said


def test_the_description_tells_what_changed() -> None:
    root = parsed(entity_diagram(SHOP, whole=True))
    desc = root.find(f"{SVG}desc")
    assert desc is not None
    assert desc.text == (
        "7 tables, 7 foreign keys and 2 enums. Added: coupons. Removed: login_tokens. "
        "Changed: users (− legacy_token, + time_zone), orders (+ coupon_id, ~ total) and "
        "order_status."
    )


def test_a_hundred_tables_are_drawn_in_about_a_second() -> None:
    schema = made_up(100, 3)
    started = time.process_time()
    made = entity_diagram(schema)
    assert time.process_time() - started < 1.5
    assert entity_diagram(schema) == made
