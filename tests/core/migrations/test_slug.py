import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.slug import LONGEST, prisma_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("add_orders", "add_orders"),
        ("Add orders & fees!", "add_orders_and_fees"),
        ("fooBarBaz", "foo_bar_baz"),
        ("HTTPServer2", "http_server2"),
        ("APIs of v2", "apis_of_v2"),
        ("ÀÉ", "ae"),
        ("Straße", "strasse"),
        ("Größe", "groesse"),
        ("don't do it's", "dont_do_its"),
        ("C++ & C#", "c_and_c"),
        ("1.2.3", "1_2_3"),
        ("a^b`c", "abc"),
        ("объект", "obyekt"),
        ("  --_x_--  ", "x"),
        ("日本語", ""),
        ("🦄", "unicorn"),
        ("", ""),
    ],
)
def test_a_name_is_written_as_prisma_writes_it(name: str, slug: str) -> None:
    assert prisma_slug(name) == slug


def test_a_long_name_ends_where_prisma_cuts_it() -> None:
    assert prisma_slug("a" * 199 + " b") == "a" * 199 + "_"
    assert len(prisma_slug("word " * 100)) == LONGEST


@given(st.text())
def test_whatever_is_typed_becomes_letters_digits_and_underscores(name: str) -> None:
    slug = prisma_slug(name)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert not slug.startswith("_")
    assert "__" not in slug
