"""The part of the configuration about approvals: how many, by whom, and for which risk."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.config.parts import StrictModel
from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers, Need, Permission

Login = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$")]
Team = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$")]


class ByFile(StrictModel):
    """Whose approval counts: whoever fits one of these, and may write to the repository besides."""

    users: list[Login] = Field(default=[], description="GitHub logins.")
    teams: list[Team] = Field(
        default=[],
        description="Teams, as `organization/team`. To read who is in one takes a token that may: "
        "GITHUB_TOKEN may not, a GitHub App with `members: read` may.",
    )
    codeowners: bool = Field(
        default=False,
        description="Those that the base branch's CODEOWNERS names for the migration's file.",
    )
    permission: Literal["write", "maintain", "admin"] | None = Field(
        default=None, description="Whoever has this permission in the repository, or a higher one."
    )


class TierFile(StrictModel):
    """What differs for migrations of one risk. What is left out is as for the others."""

    count: int | None = Field(
        default=None, ge=0, le=20, description="How many people must have approved."
    )
    by: ByFile | None = None


class ApprovalsFile(StrictModel):
    """How many people other than its authors must have approved exactly this text: a number, or
    these keys. Production needs 1 unless said otherwise."""

    count: int | None = Field(
        default=None,
        ge=0,
        le=20,
        description="How many people; 1 for production if absent, 0 elsewhere.",
    )
    by: ByFile | None = None
    low: TierFile = Field(default_factory=TierFile)
    medium: TierFile = Field(default_factory=TierFile)
    high: TierFile = Field(default_factory=TierFile)
    triggerer: bool = Field(
        default=False,
        description="Whether the approval of the person who started the rollout counts: who "
        "merged, dispatched or commanded it, or ran it again.",
    )


def _spelled_out(value: Any) -> Any:
    """A number alone stands for that many people, whatever the risk."""
    return {"count": value} if isinstance(value, int) and not isinstance(value, bool) else value


Approvals = Annotated[
    ApprovalsFile, BeforeValidator(_spelled_out, json_schema_input_type=int | ApprovalsFile)
]


def policy_of(file: ApprovalsFile, approvers: list[str], *, production: bool) -> ApprovalPolicy:
    """`approvers` is the short form of `by.users`."""
    by = _approvers(file.by) if file.by else Approvers(users=_bare(approvers))
    base = Need(int(production) if file.count is None else file.count, by)
    low, medium, high = (_tier(each, base) for each in (file.low, file.medium, file.high))
    return ApprovalPolicy(low, medium, high, file.triggerer)


def approval_mistakes(
    place: str, file: ApprovalsFile, approvers: list[str], *, production: bool
) -> Iterator[str]:
    """What no type can say; `place` is the target's."""
    if approvers and file.by is not None:
        yield f"{place}.approvers: approvals.by.users says the same; take one of them out"
        return
    policy = policy_of(file, approvers, production=production)
    tiers = {"low": policy.low, "medium": policy.medium, "high": policy.high}
    yield from (f"{place}.approvals.{each}" for each in _turned_round(tiers))
    seen: set[Need] = set()
    for need in tiers.values():
        who = {each.lower() for each in need.by.users}
        only_users = who and not (need.by.teams or need.by.codeowners or need.by.permission)
        if only_users and need.count > len(who) and need not in seen:
            seen.add(need)
            people = "only one person" if len(who) == 1 else f"only {len(who)} people"
            yield f"{place}.approvals: {need.count} approvals, and {people} to give them"


def _turned_round(tiers: Mapping[str, Need]) -> Iterator[str]:
    """Less for more risk is never meant."""
    for lower, higher in (("low", "medium"), ("medium", "high")):
        less, more = tiers[higher].count, tiers[lower].count
        if less < more:
            yield f"{higher}.count: {less} is less than the {more} for a {lower} risk"


def _tier(file: TierFile, base: Need) -> Need:
    return Need(
        base.count if file.count is None else file.count,
        base.by if file.by is None else _approvers(file.by),
    )


def _approvers(file: ByFile) -> Approvers:
    return Approvers(
        users=_bare(file.users),
        teams=_bare(file.teams),
        codeowners=file.codeowners,
        permission=Permission[file.permission.upper()] if file.permission else None,
    )


def _bare(names: list[str]) -> tuple[str, ...]:
    return tuple(each.removeprefix("@") for each in names)
