"""Who is asked to look at a pull request."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.findings.risk import Risk
from bot.core.targets.target import Target


@dataclass(frozen=True)
class Reviewers:
    """`users` are logins, `teams` the last part of a team's name: `dba` of `acme/dba`."""

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.users or self.teams)

    def without(self, others: "Reviewers") -> "Reviewers":
        """Logins and teams know no case."""
        return Reviewers(_left(self.users, others.users), _left(self.teams, others.teams))


def reviewers_for(target: Target, risk: Risk) -> Reviewers:
    """Those whose approval a target waits for; nobody where anybody's would do. Code owners are
    asked by GitHub itself."""
    need = target.approval.need(risk)
    if not need.count or need.by.anybody:
        return Reviewers()
    return Reviewers(need.by.users, tuple(each.partition("/")[2] for each in need.by.teams))


def _left(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = {each.lower() for each in others}
    return tuple(each for each in names if each.lower() not in known)
