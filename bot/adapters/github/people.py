"""What people may do in a repository, the teams they are in, and what their profiles show."""

from typing import Any
from urllib.parse import quote

from github import Github, GithubException

from bot.adapters.github.client import explained
from bot.core.approvals.approval_policy import Permission
from bot.errors import GitHubError

_KNOWN = {each.word: each for each in Permission}
_TEAMS = "members: read"


class People:
    """Asked of GitHub each time: what somebody may do changes while a rollout waits."""

    def __init__(self, client: Github, name: str) -> None:
        self._requester = client.requester
        self._name = name

    def permission_of(self, login: str) -> Permission:
        """The role where GitHub has a name for it; of a role that an organization made, what it is
        based on."""
        path = f"/repos/{self._name}/collaborators/{quote(login, safe='')}/permission"
        with explained(f"read the permission of {login}", needs="metadata: read"):
            found = self._found(path)
        if found is None:
            return Permission.NONE
        based_on = _KNOWN.get(str(found.get("permission")), Permission.NONE)
        return _KNOWN.get(str(found.get("role_name")), based_on)

    def in_team(self, team: str, login: str) -> bool:
        """Not to be found is either nobody of the team, or a team that this token may not see: the
        team itself tells them apart."""
        organization, _, slug = team.partition("/")
        path = f"/orgs/{quote(organization, safe='')}/teams/{quote(slug, safe='')}"
        with explained(f"read who is in @{team}", needs=_TEAMS):
            found = self._found(f"{path}/memberships/{quote(login, safe='')}")
            if found is None and self._found(path) is None:
                raise GitHubError(
                    "there is no such team, or the token may not see it",
                    hint=f"Use a token of an app or a person of {organization} with `{_TEAMS}`.",
                )
        return found is not None and found.get("state") == "active"

    def profile_of(self, login: str) -> tuple[frozenset[str], frozenset[str]]:
        with explained(f"read the profile of {login}", needs="metadata: read"):
            found = self._found(f"/users/{quote(login, safe='')}") or {}
        return _shown(found.get("name")), _shown(found.get("email"))

    def _found(self, path: str) -> dict[str, Any] | None:
        try:
            _, found = self._requester.requestJsonAndCheck("GET", path)
        except GithubException as error:
            if error.status == 404:
                return None
            raise
        return found if isinstance(found, dict) else {}


def _shown(value: object) -> frozenset[str]:
    return frozenset({str(value)} if value else ())
