"""Approvals in the configuration file: every form, its inheritance, and every mistake."""

import pytest

from bot.config.file import read_settings
from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission
from bot.errors import UsageError


def policy(text: str, *, kind: str = "production") -> ApprovalPolicy:
    file = f"targets: {{a: {{kind: {kind}, url_env: X, {text}}}}}"
    return read_settings(file, path="bot.yml").target("a").approval


def mistakes(text: str) -> str:
    with pytest.raises(UsageError) as error:
        policy(text)
    return error.value.message


@pytest.mark.parametrize(("kind", "count"), [("production", 1), ("staging", 0)])
def test_production_alone_needs_one_unless_said_otherwise(kind: str, count: int) -> None:
    assert policy("", kind=kind) == ApprovalPolicy.of(count)
    assert policy("approvals: {triggerer: true}", kind=kind).most == count


def test_a_number_is_short_for_a_count_and_approvers_for_users() -> None:
    assert policy("approvals: 2") == policy("approvals: {count: 2}") == ApprovalPolicy.of(2)
    assert policy("approvers: [ada, '@grace']") == ApprovalPolicy.of(
        1, Approvers(users=("ada", "grace"))
    )


def test_everything_can_be_said() -> None:
    found = policy(
        "approvals: {count: 2, by: {users: [ada], teams: ['@acme/dba'], codeowners: true, "
        "permission: maintain}, triggerer: true}"
    )
    by = Approvers(("ada",), ("acme/dba",), codeowners=True, permission=Permission.MAINTAIN)

    assert found == ApprovalPolicy.of(2, by, triggerer=True)


def test_a_tier_has_what_it_does_not_say_from_the_others() -> None:
    found = policy(
        "approvals: {count: 1, by: {users: [ada, grace]}, low: {count: 0}, "
        "high: {count: 2, by: {teams: [acme/dba]}}}"
    )
    base = Approvers(users=("ada", "grace"))

    assert found.low == Need(0, base)
    assert found.medium == Need(1, base)
    assert found.high == Need(2, Approvers(teams=("acme/dba",)))
    assert policy("approvals: {by: {users: [a, b]}, high: {count: 2}}").high.by.users == ("a", "b")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("approvals: {cuont: 1}", "unknown key targets.a.approvals.cuont; did you mean count?"),
        ("approvals: {by: {team: [a/b]}}", "a.approvals.by.team; did you mean teams?"),
        ("approvals: {high: {by: {usres: [a]}}}", "approvals.high.by.usres; did you mean users?"),
        ("approvals: {hihg: {count: 1}}", "approvals.hihg; did you mean high?"),
        ("approvals: [1]", "targets.a.approvals: should be a mapping of keys"),
        ("approvals: many", "targets.a.approvals: should be a mapping of keys"),
        ("approvals: true", "targets.a.approvals: should be a mapping of keys"),
        ("approvals: -1", "targets.a.approvals.count: input should be greater than or equal to 0"),
        ("approvals: {count: 21}", "less than or equal to 20"),
        ("approvals: {by: {teams: [dba]}}", "targets.a.approvals.by.teams.0: string should match"),
        ("approvals: {by: {users: ['a b']}}", "targets.a.approvals.by.users.0"),
        ("approvals: {by: {permission: read}}", "input should be 'write', 'maintain' or 'admin'"),
        ("approvers: [acme/dba]", "targets.a.approvers.0: string should match"),
        (
            "approvers: [ada], approvals: {by: {users: [ada]}}",
            "targets.a.approvers: approvals.by.users says the same",
        ),
        ("approvals: 2, approvers: [ada]", "2 approvals, and only one person to give them"),
        ("approvals: {count: 3, by: {users: [a, A, b]}}", "3 approvals, and only 2 people"),
        (
            "approvals: {count: 1, medium: {count: 2}}",
            "targets.a.approvals.high.count: 1 is less than the 2 for a medium risk",
        ),
        (
            "approvals: {count: 1, low: {count: 3}}",
            "targets.a.approvals.medium.count: 1 is less than the 3 for a low risk",
        ),
    ],
)
def test_a_mistake_is_named_at_its_place(text: str, says: str) -> None:
    assert says in mistakes(text)


def test_every_mistake_is_named_at_once() -> None:
    said = mistakes("approvals: {count: 3, by: {users: [a]}, low: {count: 5}}")

    assert "3 mistakes" in said
