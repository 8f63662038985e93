"""The repository's own settings: its default branch, its environments, and what may be read."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from github import UnknownObjectException
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.doctor.check import Trouble
from bot.core.doctor.hosting import EnvironmentLook, RepositoryLook
from bot.errors import GitHubError

# One call each, of what the bot reads in one job or another.
_READS = {
    "pull-requests: read": "pulls?per_page=1",
    "deployments: read": "deployments?per_page=1",
    "actions: read": "actions/runs?per_page=1",
}


class Looking:
    def __init__(self, repository: Repository, name: str) -> None:
        self._sight = _Sight(repository, name)

    def look(self, environments: tuple[str, ...]) -> RepositoryLook:
        return self._sight.look(environments)


class _Sight:
    """Asks raw: of settings only a few keys are wanted, and PyGithub has not all of them."""

    def __init__(self, repository: Repository, name: str) -> None:
        self._requester = repository.requester
        self._path = f"/repos/{name}"

    def look(self, environments: tuple[str, ...]) -> RepositoryLook:
        with explained("look at the repository", needs="metadata: read"):
            about = self._ask("")
        branch = str(about.get("default_branch", ""))
        refused: dict[str, Trouble] = {}
        for permission, path in _READS.items():
            self._try(permission, path, refused)
        protection = self._try("contents: read", f"branches/{quote(branch, safe='')}", refused)
        return RepositoryLook(
            branch=branch,
            refused=refused,
            required=None if protection is None else _required(protection),
            environments=tuple(map(self._environment, environments)),
        )

    def _try(self, permission: str, path: str, refused: dict[str, Trouble]) -> Any:
        try:
            with explained(f"read {path.partition('?')[0]}", needs=permission):
                return self._ask(path)
        except GitHubError as error:
            refused[permission] = Trouble.of(error)
            return None

    def _environment(self, name: str) -> EnvironmentLook:
        path = f"environments/{quote(name, safe='')}"
        try:
            with explained(f"look at the environment {name}", needs="actions: read"):
                found = self._ask(path)
        except GitHubError as error:
            if isinstance(error.__cause__, UnknownObjectException):
                return EnvironmentLook(name, there=False)
            return EnvironmentLook(name, trouble=Trouble.of(error))
        rules = found.get("protection_rules") or ()
        return EnvironmentLook(
            name,
            limited=bool(found.get("deployment_branch_policy")),
            reviewed=any(each.get("type") == "required_reviewers" for each in rules),
        )

    def _ask(self, path: str) -> Any:
        return self._requester.requestJsonAndCheck("GET", f"{self._path}/{path}".rstrip("/"))[1]


def _required(branch: Mapping[str, Any]) -> tuple[str, ...]:
    protection = branch.get("protection") or {}
    checks = protection.get("required_status_checks") or {}
    return tuple(map(str, checks.get("contexts") or ()))
