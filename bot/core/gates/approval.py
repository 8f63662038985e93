"""Who must have agreed: approvals of exactly the text that is pending."""

from collections.abc import Mapping, Sequence

from bot.core.approval import Approval, PullFacts, approvals_of
from bot.core.gate import Gate
from bot.core.migration import Migration
from bot.core.target import Target


def approval_gate(
    target: Target,
    pending: Sequence[Migration],
    pulls: Mapping[str, PullFacts] | None,
) -> Gate:
    """Open when enough people approved exactly the text of every pending migration.

    `pulls` maps a migration's name to the pull request that brought it; None when GitHub could not
    be asked.
    """
    needed = target.approvals
    if needed == 0:
        return Gate("approval", True, f"{target.name} asks for none")
    if pulls is None:
        return Gate(
            "approval",
            False,
            "reviews could not be read, because no GitHub token is at hand",
            hint="Set GITHUB_TOKEN and GITHUB_REPOSITORY, or let the deploy workflow apply it.",
        )
    lacking = [_lack(target, each, pulls.get(each.name)) for each in pending]
    reasons = [reason for reason in lacking if reason]
    if reasons:
        return Gate("approval", False, "; ".join(reasons), hint=_how_to_approve(pending, pulls))
    who = sorted({each.login for pull in pulls.values() for each in counted(target, pull)})
    return Gate("approval", True, f"{needed} needed; approved by {', '.join(who)}")


def counted(target: Target, pull: PullFacts) -> tuple[Approval, ...]:
    return approvals_of(pull, approvers=target.approvers)


def _lack(target: Target, migration: Migration, pull: PullFacts | None) -> str:
    if pull is None:
        return f"{migration.name} came without a pull request"
    if pull.texts.get(migration.name) != migration.checksum:
        return f"{migration.name} is not the text that was approved in #{pull.number}"
    have = len(counted(target, pull))
    if have < target.approvals:
        return f"{migration.name} has {have} of {target.approvals} approvals in #{pull.number}"
    return ""


def _how_to_approve(pending: Sequence[Migration], pulls: Mapping[str, PullFacts]) -> str:
    numbers = sorted({pulls[each.name].number for each in pending if each.name in pulls})
    if not numbers:
        return "Bring the migration in by a pull request, and have it approved there."
    listed = ", ".join(f"#{number}" for number in numbers)
    return (
        f"Ask somebody who may write to the repository, and did not author it, to approve the "
        f"last commit of {listed}; then run the deploy again."
    )
