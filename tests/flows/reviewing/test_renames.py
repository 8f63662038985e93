"""What a migration renames, from the names after it to those before it."""

import pytest

from bot.core.schemas.draft import Renamed
from bot.flows.reviewing.renames import renames_of
from bot.sql.parse import parse


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            'ALTER TABLE "User" RENAME COLUMN name TO title;',
            {Renamed("column", "public.User.title", "public.User.name")},
        ),
        ("ALTER TABLE a RENAME TO b;", {Renamed("table", "public.b", "public.a")}),
        (
            "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME x TO y; ALTER TABLE b RENAME TO c;",
            {
                Renamed("table", "public.c", "public.a"),
                Renamed("column", "public.c.y", "public.a.x"),
            },
        ),
        ("ALTER TABLE a RENAME x TO y; ALTER TABLE a RENAME y TO x;", set()),
        (
            "ALTER VIEW shop.v RENAME TO w; ALTER SEQUENCE s RENAME TO t;",
            {Renamed("view", "shop.w", "shop.v"), Renamed("sequence", "public.t", "public.s")},
        ),
        ("CREATE TABLE renamed (id int); ALTER TABLE a RENAME CONSTRAINT x TO y;", set()),
    ],
)
def test_names_lead_back_to_those_before(sql: str, expected: set[Renamed]) -> None:
    assert set(renames_of(parse(sql).statements)) == expected


def test_a_type_is_any_of_the_kinds_that_it_may_be() -> None:
    found = renames_of(parse("ALTER TYPE mood RENAME TO feeling;").statements)
    assert {each.kind for each in found} == {"enum", "composite type", "range type"}
    assert {(each.name, each.new) for each in found} == {("public.feeling", "public.mood")}
