"""What people say on a GitHub in memory, who they are there, and when it ran what."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.approvals.approval_policy import Permission
from bot.core.github.said import Reaction, Remark
from bot.core.github.seen import Head
from bot.errors import GitHubError

MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class FakeConversation:
    """`shown_heads` are those of pull requests, `signs` the bot's own by comment. `closed` are
    actions that the token does not permit. `profiles` are names and e-mail addresses by login."""

    remarked: list[Remark] = field(default_factory=list)
    signs: dict[int, list[Reaction]] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    profiles: dict[str, tuple[str, str]] = field(default_factory=dict)
    shown_heads: dict[int, Head] = field(default_factory=dict)
    checked_again: list[tuple[int, str]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def hear(self, pull: int, login: str, body: str, **changes: object) -> Remark:
        """Somebody writes a comment, an hour after the last."""
        number = len(self.remarked) + 1
        said = Remark(number, pull, login, body, MORNING + timedelta(hours=number))
        self.remarked.append(replace(said, **changes))  # type: ignore[arg-type]
        return self.remarked[-1]

    def remarks(self, pull: int) -> tuple[Remark, ...]:
        self._open("comments")
        return tuple(each for each in self.remarked if each.pull == pull)

    def remark(self, comment: int) -> Remark | None:
        self._open("comments")
        return next((each for each in self.remarked if each.id == comment), None)

    def reactions(self, comment: int) -> frozenset[Reaction]:
        self._open("reactions")
        return frozenset(self.signs.get(comment, ()))

    def react(self, comment: int, reaction: Reaction) -> None:
        self._open("react")
        left = self.signs.setdefault(comment, [])
        if reaction not in left:
            left.append(reaction)

    def permission_of(self, login: str) -> Permission:
        self._open("permissions")
        return self.permissions.get(login, Permission.READ)

    def in_team(self, team: str, login: str) -> bool:
        self._open("teams")
        return login in self.members.get(team, set())

    def profile_of(self, login: str) -> tuple[frozenset[str], frozenset[str]]:
        self._open("profiles")
        name, email = self.profiles.get(login, ("", ""))
        return frozenset({name} - {""}), frozenset({email} - {""})

    def head_of(self, pull: int) -> Head:
        self._open("runs")
        return self.shown_heads[pull]

    def check_again(self, pull: int, workflow: str) -> bool:
        self._open("rerun")
        self.checked_again.append((pull, workflow))
        return pull in self.shown_heads

    def _open(self, action: str) -> None:
        self._answer()
        if action in self.closed:
            raise GitHubError(
                f"GitHub did not let the bot ask for {action} (403).",
                hint="Give the workflow job the permission.",
            )

    def _answer(self) -> None:
        raise NotImplementedError
