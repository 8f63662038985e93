import re

from hypothesis import given
from hypothesis import strategies as st

from bot.report.pages.addresses import list_page, migration_page, slug


def test_a_usual_name_is_its_own_address() -> None:
    assert migration_page("20240529000000_initial_schema") == (
        "migrations/20240529000000_initial_schema.html"
    )


def test_names_that_a_file_cannot_have_become_some_that_it_can() -> None:
    assert re.fullmatch(r"add-users-[0-9a-f]{10}", slug("Add users/../"))
    assert re.fullmatch(r"index-[0-9a-f]{10}", slug("index"))
    assert re.fullmatch(r"[0-9a-f]{10}", slug("日本"))


@given(st.text(), st.text())
def test_two_names_never_share_an_address(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", slug(one))
    assert len(slug(one)) < 130


def test_a_name_in_capitals_is_another_file_where_those_do_not_count() -> None:
    assert slug("Orders").lower() != slug("orders").lower()


def test_the_list_begins_where_its_folder_does() -> None:
    assert (list_page(1), list_page(2)) == ("migrations/index.html", "migrations/page-2.html")
