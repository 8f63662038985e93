"""A pull request on which people speak, as fakes: staging and production wait behind it."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Verb
from bot.core.github.said import Reaction, Remark
from bot.core.github.seen import Head
from bot.core.settings import Settings
from bot.errors import ExitCode
from bot.flows.asked.answering import answer
from bot.flows.asked.apply import SHARD_VARIABLE, TARGET_VARIABLE
from bot.world import World
from tests.fakes.conversation import MORNING
from tests.flows.world import HEAD, NUMBER, Stage, pull

# FakeCheckout is always at this commit.
HERE = "h" * 40


@dataclass
class Talk:
    """`mia` maintains, `grace` writes, `linus` reads; `ada` wrote the pull request."""

    merged: bool = True
    open: bool = False
    settings: Settings = field(default_factory=Settings)
    stage: Stage = field(default_factory=Stage)
    shard: str = ""

    def __post_init__(self) -> None:
        github = self.stage.github
        github.pulls[NUMBER] = pull(merged=self.merged)
        github.brought[HERE] = NUMBER
        github.shown_heads[NUMBER] = Head(HEAD, self.open, self.merged, runs=(MORNING,))
        github.permissions |= {
            "mia": Permission.MAINTAIN,
            "grace": Permission.WRITE,
            "ada": Permission.WRITE,
            "tim": Permission.TRIAGE,
        }

    @property
    def github(self) -> Any:
        return self.stage.github

    def world(self, target: str = "") -> World:
        shard = {SHARD_VARIABLE: self.shard} if self.shard else {}
        self.stage.environ = {TARGET_VARIABLE: target, **shard} if target else {}
        return replace(self.stage.world(), settings=self.settings)

    def say(self, login: str, body: str, target: str = "", **changes: object) -> Remark:
        """Somebody comments, and a job runs: the first, or that of a target's environment."""
        remark = self.github.hear(NUMBER, login, body, **changes)
        self.job(remark, target)
        return remark  # type: ignore[no-any-return]

    def job(self, remark: Remark, target: str = "", **changes: Any) -> ExitCode:
        payload = {**payload_of(remark), **changes}
        return answer(self.world(target), "issue_comment", payload, HERE)

    @property
    def signs(self) -> list[Reaction]:
        """On the last comment."""
        return list(self.github.signs.get(len(self.github.remarked), []))

    @property
    def outputs(self) -> dict[str, str]:
        return self.stage.runner.outputs

    @property
    def said(self) -> str:
        """In the job's summary, last."""
        return self.stage.runner.written[-1]

    def allow(self, verb: Verb, who: Approvers) -> None:
        self.settings = replace(self.settings, commands={verb: who})


def payload_of(remark: Remark) -> dict[str, Any]:
    user = {"login": remark.login, "id": 5, "type": "User"}
    return {
        "action": "created",
        "issue": {"number": remark.pull, "pull_request": {"url": "…"}, "state": "open"},
        "comment": {
            "id": remark.id,
            "body": remark.body,
            "user": user,
            "author_association": "NONE",
            "performed_via_github_app": None,
        },
        "sender": user,
        "repository": {"default_branch": "main"},
    }
