"""Tokens, and what each may do.

A need is written as GitHub writes it in `x-accepted-github-permissions`: conditions that hold
together are joined by a comma, alternatives by a semicolon.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.demo.hub.accounts import User
from bot.demo.hub.refusal import Refusal, not_found

LEVELS = {"none": 0, "read": 1, "write": 2, "admin": 3}
ROLES = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
RATE_LIMIT = 5000

# What a person who may only read a repository may still write in it.
_OPEN_TO_READERS = {"issues", "pull_requests"}


@dataclass
class Token:
    """A secret that acts as `owner`. `repositories` None means every repository of the hub."""

    value: str
    owner: User
    app: bool
    permissions: Mapping[str, str]
    repositories: frozenset[str] | None = None
    used: int = field(default=0)

    def grants(self, permission: str, level: str) -> bool:
        return LEVELS[self.permissions.get(permission, "none")] >= LEVELS[level]

    def reaches(self, full_name: str) -> bool:
        return self.repositories is None or full_name.lower() in self.repositories


def normalised(permissions: Mapping[str, str]) -> dict[str, str]:
    """Permissions with GitHub's API names; a workflow writes `pull-requests`."""
    wrong = sorted({level for level in permissions.values() if level not in LEVELS})
    if wrong:
        raise ValueError(f"A permission is none, read, write or admin, not {', '.join(wrong)}.")
    named = {name.replace("-", "_"): level for name, level in permissions.items()}
    return {"metadata": "read"} | named


def bad_credentials() -> Refusal:
    return Refusal(401, "Bad credentials")


def require(token: Token, needs: str, *, private: bool, role: str) -> None:
    """Refuse as GitHub does, unless the token satisfies one of the alternatives of the need."""
    if role == "none":
        raise not_found()
    alternatives = list(_alternatives(needs))
    if any(_satisfied(token, each, private=private, role=role) for each in alternatives):
        return
    kind = "integration" if token.app else "personal access token"
    raise Refusal(
        403,
        f"Resource not accessible by {kind}",
        headers={"x-accepted-github-permissions": needs},
    )


def _alternatives(needs: str) -> Iterable[list[tuple[str, str]]]:
    for alternative in needs.split(";"):
        pairs = (condition.strip().partition("=") for condition in alternative.split(","))
        yield [(permission, level) for permission, _, level in pairs]


def _satisfied(token: Token, needs: list[tuple[str, str]], *, private: bool, role: str) -> bool:
    for permission, level in needs:
        if level == "read" and not private:
            continue
        if not token.grants(permission, level):
            return False
        if level != "read" and not token.app and not _role_allows(role, permission):
            return False
    return True


def _role_allows(role: str, permission: str) -> bool:
    if permission == "administration":
        return role == "admin"
    return permission in _OPEN_TO_READERS or ROLES[role] >= ROLES["write"]
