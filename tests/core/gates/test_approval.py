from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvals.approval import (
    Opinion,
    PullFacts,
    Reviewer,
    StaleApproval,
    current_opinions,
)
from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission
from bot.core.approvals.coauthors import Contributor
from bot.core.findings.risk import Risk
from bot.core.gates.approval import Asked, approval_gate, counted
from bot.core.gates.gate import Gate
from bot.core.github.pull import GHOST
from bot.core.migrations.migration import checksum_of
from bot.core.settings import default_targets
from tests.fakes import NOON, migration

PRODUCTION = default_targets()["production"]
ADD = migration("20260101000000_add", "CREATE TABLE a()")
OLD, HEAD = "0" * 40, "1" * 40
WRITERS = tuple(Reviewer(login, Permission.WRITE) for login in ("ada", "grace", "linus"))


def opinion(login: str, state: str = "APPROVED", commit: str = HEAD, minute: int = 0) -> Opinion:
    return Opinion(login, state, commit, NOON + timedelta(minutes=minute))


def pull(*opinions: Opinion, **changes: object) -> PullFacts:
    made = PullFacts(
        number=7,
        head=HEAD,
        authors=frozenset({"ada"}),
        opinions=opinions,
        texts={ADD.name: ADD.checksum},
        reviewers=WRITERS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def is_open(*opinions: Opinion, needed: int = 1, **changes: object) -> bool:
    target = replace(PRODUCTION, approval=ApprovalPolicy.of(needed))
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
    target = replace(PRODUCTION, approval=ApprovalPolicy.of(1, Approvers(users=("Linus",))))
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
    assert approval_gate(replace(PRODUCTION, approval=ApprovalPolicy()), [ADD], None).open


def test_every_pending_migration_needs_its_own_approval() -> None:
    other = migration("20260102000000_other", "CREATE TABLE b()")
    found = approval_gate(PRODUCTION, [ADD, other], {ADD.name: pull(opinion("grace"))})

    assert not found.open
    assert other.name in found.reason


# Whose approval does not count, and for whom


def gate(*opinions: Opinion, by: Approvers | None = None, **changes: object) -> Gate:
    target = replace(PRODUCTION, approval=ApprovalPolicy.of(1, by))
    return approval_gate(target, [ADD], {ADD.name: pull(*opinions, **changes)})


BOB = Contributor("Bob Stone", "bob@home.example")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"coauthors": frozenset({"Grace"})}, "grace is a co-author"),
        ({"pushers": frozenset({"grace"})}, "grace pushed commits of it"),
        (
            {"bot": "dependabot[bot]", "requesters": frozenset({"grace"})},
            "grace asked dependabot[bot] for it",
        ),
        ({"reviewers": ()}, "grace may not write to the repository"),
        (
            {"reviewers": (Reviewer("grace", Permission.TRIAGE),)},
            "grace may not write to the repository",
        ),
        (
            {
                "unmatched": (BOB,),
                "reviewers": (
                    Reviewer("grace", Permission.WRITE, names=frozenset({"bob  STONE"})),
                ),
            },
            "grace may be Bob Stone <bob@home.example>, whose account nobody knows",
        ),
        (
            {
                "unmatched": (BOB,),
                "reviewers": (
                    Reviewer("grace", Permission.WRITE, emails=frozenset({"BOB@home.example"})),
                ),
            },
            "grace may be Bob Stone",
        ),
        ({"unmatched": (BOB,)}, "grace may be Bob Stone"),
    ],
    ids=[
        "a co-author",
        "who pushed",
        "who asked a bot for it",
        "whom GitHub does not know any more",
        "who may triage",
        "who has the name of a stranger",
        "who has the address of a stranger",
        "whose profile tells them apart from nobody",
    ],
)
def test_the_reason_says_why_an_approval_does_not_count(
    facts: dict[str, object], says: str
) -> None:
    found = gate(opinion("grace"), by=None, **facts)

    assert not found.open
    assert f"has 0 of 1 approvals in #7 ({says}" in found.reason
    assert found.given_by == ()


def test_a_stranger_who_is_certainly_somebody_else_is_told_of_and_stops_nobody() -> None:
    grace = Reviewer("grace", Permission.WRITE, names=frozenset({"Grace Hopper"}))
    found = gate(opinion("grace"), unmatched=(BOB,), reviewers=(grace,))

    assert found.open
    assert "no account is known of Bob Stone <bob@home.example>, who had a hand in #7" in (
        found.reason
    )


def test_what_github_does_not_say_is_said() -> None:
    found = gate(opinion("grace"), pusher_known=False, bot="renovate[bot]")

    assert found.open
    assert "GitHub does not say who pushed the last commit of #7" in found.reason
    assert "GitHub does not say who asked renovate[bot] for #7" in found.reason


def test_who_started_the_rollout_does_not_approve_it_unless_the_policy_says_so() -> None:
    facts = {ADD.name: pull(opinion("grace"))}
    asked = Asked(triggerers=frozenset({"Grace"}))
    found = approval_gate(PRODUCTION, [ADD], facts, asked)
    allowing = replace(PRODUCTION, approval=ApprovalPolicy.of(1, triggerer=True))

    assert not found.open
    assert "grace started this rollout" in found.reason
    assert approval_gate(allowing, [ADD], facts, asked).open
    assert counted(PRODUCTION, facts[ADD.name], triggerers=("grace",)) == ()


@pytest.mark.parametrize(
    ("by", "reviewer", "owners", "is_open"),
    [
        (Approvers(users=("Grace",)), Reviewer("grace", Permission.WRITE), (), True),
        (Approvers(users=("linus",)), Reviewer("grace", Permission.ADMIN), (), False),
        (Approvers(users=("grace",)), Reviewer("grace", Permission.READ), (), False),
        (
            Approvers(teams=("acme/DBA",)),
            Reviewer("grace", Permission.WRITE, frozenset({"acme/dba"})),
            (),
            True,
        ),
        (Approvers(teams=("acme/dba",)), Reviewer("grace", Permission.ADMIN), (), False),
        (Approvers(codeowners=True), Reviewer("grace", Permission.WRITE), ("@Grace",), True),
        (Approvers(codeowners=True), Reviewer("grace", Permission.WRITE), ("@linus",), False),
        (Approvers(codeowners=True), Reviewer("grace", Permission.WRITE), (), False),
        (
            Approvers(codeowners=True),
            Reviewer("grace", Permission.WRITE, emails=frozenset({"g@navy.mil"})),
            ("G@navy.mil",),
            True,
        ),
        (
            Approvers(codeowners=True),
            Reviewer("grace", Permission.WRITE, frozenset({"acme/dba"})),
            ("@acme/DBA",),
            True,
        ),
        (Approvers(permission=Permission.MAINTAIN), WRITERS[1], (), False),
        (
            Approvers(permission=Permission.MAINTAIN),
            Reviewer("grace", Permission.ADMIN),
            (),
            True,
        ),
        (
            Approvers(users=("linus",), permission=Permission.MAINTAIN),
            Reviewer("grace", Permission.MAINTAIN),
            (),
            True,
        ),
    ],
)
def test_anybody_whom_one_of_the_ways_fits_counts_and_nobody_else(
    by: Approvers, reviewer: Reviewer, owners: tuple[str, ...], is_open: bool
) -> None:
    found = gate(
        opinion("grace"), by=by, reviewers=(reviewer, *WRITERS[2:]), owners={ADD.name: owners}
    )

    assert found.open is is_open
    if not is_open:
        assert "grace " in found.reason


def test_a_team_that_cannot_be_read_keeps_it_closed_and_says_why() -> None:
    found = gate(
        opinion("grace"), by=Approvers(teams=("acme/dba",)), unread={"acme/dba": "it is secret"}
    )

    assert not found.open
    assert "cannot read the members of @acme/dba: it is secret" in found.reason
    assert "`members: read`" in found.hint
    assert found.waits_for == ("@acme/dba",)


def test_a_team_nobody_needs_may_stay_unread() -> None:
    assert gate(opinion("grace"), unread={"acme/dba": "it is secret"}).open


def test_it_is_told_who_owns_the_migration_and_who_could_approve() -> None:
    found = gate(by=Approvers(codeowners=True), owners={ADD.name: ("@acme/dba", "@linus")})
    nobody = gate(by=Approvers(codeowners=True))

    assert f"the code owner of {ADD.name} is @acme/dba and @linus" in found.reason
    assert found.waits_for == ("a code owner",)
    assert "is nobody, by CODEOWNERS of the base branch" in nobody.reason
    assert "Ask a code owner, other than its authors, to approve" in found.hint


# Risk decides


TIERS = ApprovalPolicy(
    low=Need(0),
    medium=Need(1),
    high=Need(2, Approvers(users=("grace", "linus"))),
)


@pytest.mark.parametrize(
    ("risk", "logins", "is_open"),
    [
        (Risk.LOW, "", True),
        (Risk.MEDIUM, "", False),
        (Risk.MEDIUM, "mia", True),
        (Risk.HIGH, "mia grace", False),
        (Risk.HIGH, "grace linus", True),
        (None, "grace", False),
        (None, "grace linus", True),
    ],
)
def test_the_risk_of_each_migration_decides_how_many_and_who(
    risk: Risk | None, logins: str, is_open: bool
) -> None:
    target = replace(PRODUCTION, approval=TIERS)
    people = (*WRITERS, Reviewer("mia", Permission.WRITE))
    facts = {ADD.name: pull(*map(opinion, logins.split()), reviewers=people)}
    asked = Asked(risks={ADD.name: risk} if risk else {})
    found = approval_gate(target, [ADD], facts, asked)

    assert found.open is is_open
    if not is_open and risk is not None:
        assert f"approvals in #7, being of {risk.word} risk" in found.reason


def test_what_needs_no_approval_needs_no_github_either() -> None:
    target = replace(PRODUCTION, approval=TIERS)
    found = approval_gate(target, [ADD], None, Asked(risks={ADD.name: Risk.LOW}))

    assert found.open
    assert found.reason == "production asks for none of what has so little risk"


# How it is told


def test_migrations_that_lack_the_same_are_told_together() -> None:
    others = [migration(f"2026010200000{n}_other", f"CREATE TABLE t{n}()") for n in range(5)]
    facts = pull(texts={each.name: each.checksum for each in others})
    found = approval_gate(PRODUCTION, others, {each.name: facts for each in others})

    assert found.reason == (
        "20260102000000_other, 20260102000001_other, 20260102000002_other and 2 more have 0 of 1 "
        "approvals in #7"
    )
    assert found.waits_for == ("somebody who may write to the repository",)


def test_a_stale_approval_is_told_with_how_much_changed_since() -> None:
    facts = {ADD.name: pull(opinion("grace", commit=OLD))}
    stale = (StaleApproval("grace", OLD, ("`a` was `b`", "`c` was added")),)
    found = approval_gate(PRODUCTION, [ADD], facts, Asked(stale={7: stale}))

    assert "grace approved 0000000, which is not the last commit" in found.reason
    assert "2 changes were made to the migrations since" in found.reason


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
    found = counted(PRODUCTION, pull(*opinions))

    assert {each.login for each in found} <= {"grace", "linus"}
    assert all(each.commit == HEAD for each in found)
    assert len({each.login for each in found}) == len(found)


@given(opinions_made)
def test_whoever_said_no_last_does_not_count(opinions: list[Opinion]) -> None:
    against = {each.login for each in current_opinions(opinions) if each.state != "APPROVED"}

    assert against.isdisjoint(each.login for each in counted(PRODUCTION, pull(*opinions)))


@given(opinions_made, st.text(max_size=40))
def test_no_approval_opens_the_gate_for_another_text(opinions: list[Opinion], sql: str) -> None:
    other = replace(ADD, sql=sql)
    opened = approval_gate(PRODUCTION, [other], {ADD.name: pull(*opinions)}).open

    assert not opened or other.checksum == ADD.checksum


def test_a_ghost_approves_nothing_whatever_it_may_do() -> None:
    ghost = Reviewer(GHOST, Permission.ADMIN)
    target = replace(PRODUCTION, approval=ApprovalPolicy.of(1))
    facts = pull(opinion(GHOST), reviewers=(ghost,))
    gate = approval_gate(target, [ADD], {ADD.name: facts})

    assert not gate.open
    assert "ghost is an account that was deleted" in gate.reason


def test_whoever_may_be_the_ghost_that_opened_it_does_not_count() -> None:
    nobody = (Contributor(GHOST, ""),)
    silent = Reviewer("grace", Permission.WRITE)
    named = replace(silent, names=frozenset({"Grace Hopper"}))

    assert not is_open(opinion("grace"), reviewers=(silent,), unmatched=nobody)
    assert is_open(opinion("grace"), reviewers=(named,), unmatched=nobody)
