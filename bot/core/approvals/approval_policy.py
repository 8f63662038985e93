"""Who has to agree before a target is changed: how many people, and which, for each risk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from bot.core.findings.risk import Risk


class Permission(IntEnum):
    """What somebody may do in a repository, the least first, by GitHub's names."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Approvers:
    """Whose approval counts: anybody whom one of these fits, and who may write besides.

    `users` are logins, `teams` are written `organization/slug`. `codeowners` are those that
    CODEOWNERS names for the migration. Where nothing is said, whoever may write does.
    """

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    codeowners: bool = False
    permission: Permission | None = None

    @property
    def anybody(self) -> bool:
        """Whether everybody who may write will do."""
        if self.permission is not None:
            return self.permission <= Permission.WRITE
        return not (self.users or self.teams or self.codeowners)

    def named(self) -> Iterator[str]:
        """Each as a reader would name it."""
        yield from (f"@{each}" for each in (*self.users, *self.teams))
        if self.codeowners:
            yield "a code owner"
        if self.permission is not None and not self.anybody:
            yield f"somebody with the permission {self.permission.word}"


@dataclass(frozen=True)
class Need:
    """How many approvals, of whom."""

    count: int = 0
    by: Approvers = field(default_factory=Approvers)


@dataclass(frozen=True)
class ApprovalPolicy:
    """What is needed for a migration of each risk. With `triggerer` an approval also counts if it
    was given by the person who started the rollout."""

    low: Need = field(default_factory=Need)
    medium: Need = field(default_factory=Need)
    high: Need = field(default_factory=Need)
    triggerer: bool = False

    @classmethod
    def of(
        cls, count: int, by: Approvers | None = None, *, triggerer: bool = False
    ) -> "ApprovalPolicy":
        """The same for every risk."""
        need = Need(count, by or Approvers())
        return cls(need, need, need, triggerer)

    def need(self, risk: Risk) -> Need:
        return {Risk.LOW: self.low, Risk.MEDIUM: self.medium, Risk.HIGH: self.high}[risk]

    @property
    def needs(self) -> tuple[Need, ...]:
        return self.low, self.medium, self.high

    @property
    def most(self) -> int:
        """The most approvals that any migration needs."""
        return max(each.count for each in self.needs)

    @property
    def varies(self) -> bool:
        """Whether the risk of a migration makes a difference."""
        return len(set(self.needs)) > 1

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that is named, once."""
        named = (team for each in self.needs if each.count for team in each.by.teams)
        return tuple(dict.fromkeys(named))

    @property
    def codeowners(self) -> bool:
        return any(each.count and each.by.codeowners for each in self.needs)
