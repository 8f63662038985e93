import json

import pytest

from bot.core.targets.tenants import at_schema, tenants_in
from bot.core.targets.url import parse_url
from bot.errors import UsageError

A, B = "postgresql://u:secret1@h/a", "postgresql://u:secret2@h/b?schema=x"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (json.dumps([A, B]), ["a", "b.x"]),
        (json.dumps({"one": A, "two": B}), ["one", "two"]),
        (f"one {A}\n\n  two\t{B}\n", ["one", "two"]),
        (f"{A}\n{B}", ["a", "b.x"]),
        ("", []),
        ("[]", []),
    ],
)
def test_tenants_are_read_as_people_write_them(text: str, names: list[str]) -> None:
    found = tenants_in(text, name="TENANT_URLS")
    assert [each.name for each in found] == names
    assert [each.url.text for each in found] == [A, B][: len(names)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "Entry 1 of T is no text"),
        ('{"": "postgresql://h/a"}', "Entry 1 of T is no text"),
        ("[", "no JSON"),
        ("a b postgresql://u:secret1@h/a", "Entry 1 of T has more than two words"),
        (f"{A}\nmysql://u:secret2@h/a", "Entry 2 of T is not a PostgreSQL connection URL"),
        (f"a {A}\na {B}", "T names the tenant a twice"),
        (f"a {A}\nb {A}", "T gives a and b the same database"),
    ],
)
def test_a_mistake_is_told_by_its_place_and_no_secret_is_quoted(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        tenants_in(text, name="T")
    assert said in error.value.message
    assert "secret" not in error.value.message + error.value.hint


def test_schemas_of_one_database_share_its_lock() -> None:
    url = parse_url("postgresql://u:p%40ss@h:6000/db?sslmode=require&schema=old")
    one, two = (at_schema(url, name) for name in ("tenant 1", "b&c"))
    assert (one.schema, two.schema) == ("tenant 1", "b&c")
    assert (one.password, one.sslmode, one.port) == ("p@ss", "require", 6000)
    (first, second) = tenants_in(f"{one.text}\n{two.text}", name="T")
    assert first.database == second.database == "h:6000/db"
    assert first.server == "h:6000"
