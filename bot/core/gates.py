"""The gates of a rollout: who must have agreed, and what must have happened before."""

from collections.abc import Mapping, Sequence

from bot.core.approval import Approval, PullFacts, approvals_of
from bot.core.gate import Gate
from bot.core.migration import Migration, same_checksum
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


def staging_first_gate(
    target: Target, pending: Sequence[Migration], earlier: Mapping[str, str] | None
) -> Gate:
    """Open when the target before this one has applied the same text of every pending migration.

    `earlier` maps names to the checksums that target has applied, or is None when nothing could
    say what it has applied.
    """
    name = f"after {target.after}"
    if earlier is None:
        return Gate(
            name,
            False,
            f"nothing could say what {target.after} has applied",
            hint=f"Give the connection string of {target.after}, or a GitHub token that may "
            "read deployments.",
        )
    lacking = [each.name for each in pending if each.name not in earlier]
    if lacking:
        return Gate(
            name,
            False,
            f"{target.after} has not applied {', '.join(lacking)}",
            hint=f"Run `migration-bot apply {target.after}` first.",
        )
    differing = [each.name for each in pending if not same_checksum(earlier[each.name], each.sql)]
    if differing:
        return Gate(
            name,
            False,
            f"{target.after} applied another text of {', '.join(differing)}",
            hint="Restore the applied text, and put the change into a new migration.",
        )
    return Gate(name, True, f"{target.after} has applied the same text")
