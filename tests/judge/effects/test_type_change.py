"""Changes of types that extensions bring."""

import pytest

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.type_change import FREE, INDEXES, REWRITE, TypeChange, type_change
from bot.sql.values import Column, Type

CITEXT, TEXT, SHORT = Type("public.citext"), Type("text"), Type("varchar", (20,))


@pytest.mark.parametrize(
    ("old", "new", "cost"),
    [
        (TEXT, CITEXT, INDEXES),
        (SHORT, Type("shop.citext"), INDEXES),
        (CITEXT, TEXT, INDEXES),
        (CITEXT, Type("varchar"), INDEXES),
        (CITEXT, SHORT, REWRITE),
        (CITEXT, Type("int4"), REWRITE),
        (CITEXT, CITEXT, FREE),
        (Type("text", (), 1), Type("public.citext", (), 1), REWRITE),
    ],
)
def test_citext_is_stored_like_text_and_sorted_otherwise(
    old: Type, new: Type, cost: TypeChange
) -> None:
    found = type_change(Column("c", old), new, catalogue=Catalogue(), postgres=18)
    assert found == cost
