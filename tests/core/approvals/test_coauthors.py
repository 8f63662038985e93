"""Who a commit's message names, and which login an address holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvals.coauthors import Contributor, coauthors_in, login_in

ADA = Contributor("Ada Lovelace", "ada@example.com")


@pytest.mark.parametrize(
    "message",
    [
        "Change\n\nCo-authored-by: Ada Lovelace <ada@example.com>",
        "Change\n\nCo-Authored-By: Ada Lovelace <ada@example.com>\n",
        "Change\n\nCO-AUTHORED-BY : Ada Lovelace  <ada@example.com>  ",
        "Change\r\n\r\nco-authored-by:Ada Lovelace <ada@example.com>\r\n",
        "Co-authored-by: Ada Lovelace <ada@example.com>\n\nSigned-off-by: X <x@y.z>",
        "A\n\nCo-authored-by: Ada Lovelace <ada@example.com>\n\n* B\n",
        "A\n\nCo-authored-by: Ada Lovelace <ada@example.com> (paired)",
    ],
)
def test_a_trailer_is_read_in_any_case_and_anywhere(message: str) -> None:
    assert coauthors_in(message) == (ADA,)


def test_several_are_read_in_order_and_each_once() -> None:
    message = (
        "Change\n\n"
        "Co-authored-by: Bob <bob@example.com>\n"
        "Co-authored-by: Ada Lovelace <ada@example.com>\n"
        "Co-authored-by: Bob <bob@example.com>\n"
    )

    assert coauthors_in(message) == (Contributor("Bob", "bob@example.com"), ADA)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Co-authored-by: <ada@example.com>", Contributor("", "ada@example.com")),
        ("Co-authored-by: ada@example.com", Contributor("", "ada@example.com")),
        ("Co-authored-by: Ada Lovelace", Contributor("Ada Lovelace", "")),
        ("Co-authored-by: @ada", Contributor("", "@ada")),
    ],
)
def test_half_a_name_is_kept_so_that_somebody_has_to_look(line: str, named: Contributor) -> None:
    assert coauthors_in(f"Change\n\n{line}\n") == (named,)


@pytest.mark.parametrize(
    "message",
    [
        "Change",
        "Change\n\nCo-authored-by:",
        "Change\n\nI co-authored-by: nobody <a@b.c>",
        "Change\n\nReviewed-by: Ada Lovelace <ada@example.com>",
    ],
)
def test_nothing_else_is_a_trailer(message: str) -> None:
    assert coauthors_in(message) == ()


@pytest.mark.parametrize(
    ("email", "login"),
    [
        ("41+ada@users.noreply.github.com", "ada"),
        ("ada@users.noreply.github.com", "ada"),
        ("41+Ada-L@USERS.NOREPLY.GITHUB.COM", "Ada-L"),
        ("7+renovate[bot]@users.noreply.github.com", "renovate[bot]"),
        ("7+ada@users.noreply.git.acme.example", "ada"),
        ("ada_acme@users.noreply.github.com", "ada_acme"),
        ("ada@example.com", None),
        ("noreply@github.com", None),
        ("a b@users.noreply.github.com", None),
        ("", None),
    ],
)
def test_an_address_that_github_gives_out_holds_a_login(email: str, login: str | None) -> None:
    assert login_in(email) == login


@given(st.text(max_size=200))
def test_any_message_is_read(message: str) -> None:
    assert all(each.name or each.email for each in coauthors_in(message))
