"""The addresses in GitHub's answers: `api` for machines, `site` for people."""

from dataclasses import dataclass
from urllib.parse import quote

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.records import Repository


@dataclass(frozen=True)
class Links:
    api: str
    site: str

    def repository(self, repository: Repository, *parts: object) -> str:
        return "/".join([f"{self.api}/repos/{repository.full_name}", *map(_part, parts)])

    def page(self, repository: Repository, *parts: object) -> str:
        return "/".join([f"{self.site}/{repository.full_name}", *map(_part, parts)])

    def user(self, user: User, *parts: object) -> str:
        return "/".join([f"{self.api}/users/{_part(user.login)}", *map(_part, parts)])

    def team(self, team: Team) -> str:
        return f"{self.api}/organizations/{team.organisation.id}/team/{team.id}"

    def profile(self, user: User) -> str:
        if user.bot:
            return f"{self.site}/apps/{user.login.removesuffix('[bot]')}"
        return f"{self.site}/{user.login}"


def _part(value: object) -> str:
    # braces stay: GitHub's answers hold URI templates
    return quote(str(value), safe="/{}")
