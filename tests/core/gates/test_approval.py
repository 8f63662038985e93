from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approval import Opinion, PullFacts, approvals_of, current_opinions
from bot.core.gates.approval import approval_gate
from bot.core.migration import checksum_of
from bot.core.settings import default_targets
from tests.fakes import NOON, migration

PRODUCTION = default_targets()["production"]
ADD = migration("20260101000000_add", "CREATE TABLE a()")
OLD, HEAD = "0" * 40, "1" * 40


def opinion(login: str, state: str = "APPROVED", commit: str = HEAD, minute: int = 0) -> Opinion:
    return Opinion(login, state, commit, NOON + timedelta(minutes=minute))


def pull(*opinions: Opinion, **changes: object) -> PullFacts:
    made = PullFacts(
        number=7,
        head=HEAD,
        authors=frozenset({"ada"}),
        opinions=opinions,
        writers=frozenset({"grace", "linus", "ada"}),
        texts={ADD.name: ADD.checksum},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def is_open(*opinions: Opinion, needed: int = 1, **changes: object) -> bool:
    target = replace(PRODUCTION, approvals=needed)
    return approval_gate(target, [ADD], {ADD.name: pull(*opinions, **changes)}).open


def test_a_writers_approval_of_the_head_opens_it() -> None:
    assert is_open(opinion("grace"))


def test_logins_are_compared_without_case() -> None:
    assert is_open(opinion("Grace"))
    assert not is_open(opinion("ADA"))


@pytest.mark.parametrize(
    "opinions",
    [
        [],
        [opinion("ada")],
        [opinion("stranger")],
        [opinion("grace", commit=OLD)],
        [opinion("grace", "COMMENTED")],
        [opinion("grace", "DISMISSED")],
        [opinion("grace"), opinion("grace", "CHANGES_REQUESTED", minute=1)],
        [opinion("grace"), opinion("grace", "DISMISSED", minute=1)],
        [opinion("grace", minute=2), opinion("grace", commit=OLD, minute=3)],
    ],
    ids=[
        "nobody",
        "the author",
        "somebody who may not write",
        "an earlier commit",
        "a comment",
        "a dismissed review",
        "changes requested afterwards",
        "dismissed afterwards",
        "approved something else afterwards",
    ],
)
def test_what_does_not_count(opinions: list[Opinion]) -> None:
    assert not is_open(*opinions)


def test_a_comment_after_an_approval_leaves_it_standing() -> None:
    assert is_open(opinion("grace"), opinion("grace", "COMMENTED", minute=1))


def test_changes_requested_and_then_approved_counts() -> None:
    assert is_open(opinion("grace", "CHANGES_REQUESTED"), opinion("grace", minute=1))


def test_two_needed_are_two_people() -> None:
    assert not is_open(opinion("grace"), opinion("grace", minute=1), needed=2)
    assert is_open(opinion("grace"), opinion("linus"), needed=2)


def test_only_named_approvers_count_where_any_are_named() -> None:
    target = replace(PRODUCTION, approvers=("Linus",))
    facts = {ADD.name: pull(opinion("grace"))}

    assert not approval_gate(target, [ADD], facts).open
    assert approval_gate(target, [ADD], {ADD.name: pull(opinion("linus"))}).open


def test_another_text_than_the_approved_one_closes_it_and_says_so() -> None:
    found = approval_gate(
        PRODUCTION, [ADD], {ADD.name: pull(opinion("grace"), texts={ADD.name: checksum_of("x")})}
    )

    assert not found.open
    assert "not the text that was approved in #7" in found.reason


def test_a_migration_without_a_pull_request_is_not_approved() -> None:
    found = approval_gate(PRODUCTION, [ADD], {})

    assert not found.open
    assert "came without a pull request" in found.reason
    assert found.hint


def test_without_github_nothing_is_assumed() -> None:
    assert not approval_gate(PRODUCTION, [ADD], None).open


def test_a_target_that_asks_for_none_is_open_without_github() -> None:
    assert approval_gate(replace(PRODUCTION, approvals=0), [ADD], None).open


def test_every_pending_migration_needs_its_own_approval() -> None:
    other = migration("20260102000000_other", "CREATE TABLE b()")
    found = approval_gate(PRODUCTION, [ADD, other], {ADD.name: pull(opinion("grace"))})

    assert not found.open
    assert other.name in found.reason


logins = st.sampled_from(["ada", "grace", "linus", "stranger"])
opinions_made = st.lists(
    st.builds(
        opinion,
        logins,
        st.sampled_from(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]),
        st.sampled_from([OLD, HEAD]),
        st.integers(0, 20),
    ),
    max_size=12,
)


@given(opinions_made)
def test_no_sequence_of_reviews_counts_an_author_a_stranger_or_another_commit(
    opinions: list[Opinion],
) -> None:
    counted = approvals_of(pull(*opinions))

    assert {each.login for each in counted} <= {"grace", "linus"}
    assert all(each.commit == HEAD for each in counted)
    assert len({each.login for each in counted}) == len(counted)


@given(opinions_made)
def test_whoever_said_no_last_does_not_count(opinions: list[Opinion]) -> None:
    against = {each.login for each in current_opinions(opinions) if each.state != "APPROVED"}

    assert against.isdisjoint(each.login for each in approvals_of(pull(*opinions)))


@given(opinions_made, st.text(max_size=40))
def test_no_approval_opens_the_gate_for_another_text(opinions: list[Opinion], sql: str) -> None:
    other = replace(ADD, sql=sql)
    opened = approval_gate(PRODUCTION, [other], {ADD.name: pull(*opinions)}).open

    assert not opened or other.checksum == ADD.checksum
