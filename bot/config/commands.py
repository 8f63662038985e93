"""The part of the configuration about commands: who may change a target from a pull request."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.config.parts import StrictModel
from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Verb

Login = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9_-]*$")]
Team = Annotated[str, Field(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$")]


class WhoFile(StrictModel):
    """Who may: whoever fits one of these, and may write to the repository besides."""

    users: list[Login] = Field(default=[], description="GitHub logins.")
    teams: list[Team] = Field(
        default=[],
        description="Teams, as `organization/team`. To read who is in one takes a token that may: "
        "GITHUB_TOKEN may not, a GitHub App with `members: read` may.",
    )
    permission: Literal["write", "maintain", "admin"] | None = Field(
        default=None, description="Whoever has this permission in the repository, or a higher one."
    )


class CommandsFile(StrictModel):
    """Who may change a target by a comment on a pull request. What is left out is for whoever may
    write, and for production whoever may maintain the repository."""

    apply: WhoFile | None = Field(default=None, description="`apply`, `retry` and `resume`.")
    resolve: WhoFile | None = Field(default=None, description="As `apply` if absent.")
    rollback: WhoFile | None = Field(default=None, description="As `apply` if absent.")
    unlock: WhoFile | None = Field(default=None, description="As `apply` if absent.")


def allowed_by(file: CommandsFile) -> Mapping[Verb, Approvers]:
    said = {
        Verb.APPLY: file.apply,
        Verb.RESOLVE: file.resolve,
        Verb.ROLLBACK: file.rollback,
        Verb.UNLOCK: file.unlock,
    }
    return {verb: _who(each) for verb, each in said.items() if each is not None}


def _who(file: WhoFile) -> Approvers:
    return Approvers(
        users=tuple(each.removeprefix("@") for each in file.users),
        teams=tuple(each.removeprefix("@") for each in file.teams),
        permission=Permission[file.permission.upper()] if file.permission else None,
    )
