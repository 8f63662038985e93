import pytest

from bot.sql.names import bare


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("public.Order", "Order"),
        ("shop.Order", "Order"),
        ("Order", "Order"),
        ("public.a.b", "a.b"),
        ("", ""),
    ],
)
def test_a_bare_name_has_no_schema(name: str, rest: str) -> None:
    assert bare(name) == rest
