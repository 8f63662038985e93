"""What a policy asks for, read off it."""

from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission
from bot.core.findings.risk import Risk

DBA = Approvers(teams=("acme/dba",), codeowners=True, permission=Permission.ADMIN)


def test_without_a_word_nobody_has_to_approve() -> None:
    policy = ApprovalPolicy()

    assert (policy.most, policy.varies, policy.codeowners, policy.teams) == (0, False, False, ())


def test_each_risk_has_its_need() -> None:
    policy = ApprovalPolicy(low=Need(0), medium=Need(1), high=Need(2, DBA))

    assert [policy.need(risk).count for risk in Risk] == [0, 1, 2]
    assert (policy.most, policy.varies) == (2, True)
    assert (policy.teams, policy.codeowners) == (("acme/dba",), True)


def test_a_team_of_a_tier_that_needs_nobody_is_not_looked_for() -> None:
    policy = ApprovalPolicy(low=Need(0, DBA), medium=Need(1), high=Need(1))

    assert (policy.teams, policy.codeowners) == ((), False)


def test_who_counts_is_named_as_a_reader_would() -> None:
    assert list(Approvers(users=("ada",)).named()) == ["@ada"]
    assert list(DBA.named()) == ["@acme/dba", "a code owner", "somebody with the permission admin"]
    assert list(Approvers(permission=Permission.WRITE).named()) == []


def test_whoever_may_write_will_do_where_nobody_is_named() -> None:
    assert Approvers().anybody
    assert Approvers(users=("ada",), permission=Permission.WRITE).anybody
    assert not Approvers(users=("ada",)).anybody
    assert not Approvers(permission=Permission.MAINTAIN).anybody
