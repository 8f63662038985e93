"""A repository whose pull request #7 brought one migration, as fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.core.approvals.approval import Opinion, PullFacts
from bot.core.approvals.approval_policy import Permission
from bot.core.github.pull import Pull
from bot.core.migrations.migration import Migration
from bot.world import World
from tests.fakes import (
    NOON,
    FakeCheckout,
    FakeDatabase,
    FakeGitHub,
    FakeRunner,
    applied,
    history,
    migration,
    world,
)

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, b int);")
MORE = migration("20260201000000_more", "CREATE TABLE b (id int PRIMARY KEY);")
RISKY = replace(MORE, sql="CREATE INDEX a_b ON a (b);")
HEAD, MERGE = "1" * 40, "c" * 40
NUMBER = 7
APPROVED = (Opinion("grace", "APPROVED", HEAD, NOON),)


def pull(**changes: object) -> Pull:
    made = Pull(NUMBER, HEAD, "main", "ada", merged=True, files=(MORE.path,))
    return replace(made, **changes)  # type: ignore[arg-type]


def facts(*opinions: Opinion, each: Migration = MORE) -> PullFacts:
    return PullFacts(NUMBER, HEAD, frozenset({"ada"}), opinions, {each.name: each.checksum})


@dataclass
class Stage:
    """Staging and production have the first migration; the second came with #7."""

    newest: Migration = MORE
    opinions: tuple[Opinion, ...] = APPROVED
    environ: Mapping[str, str] = field(default_factory=dict)
    staging: FakeDatabase = field(default_factory=lambda: FakeDatabase([applied(INIT)]))
    production: FakeDatabase = field(default_factory=lambda: FakeDatabase([applied(INIT)]))
    runner: FakeRunner = field(default_factory=FakeRunner)

    def __post_init__(self) -> None:
        known = facts(*self.opinions, each=self.newest)
        self.github = FakeGitHub({NUMBER: pull()}, {MERGE: NUMBER}, {NUMBER: known})
        self.github.permissions = {"ada": Permission.WRITE, "grace": Permission.WRITE}
        whole = history(INIT, self.newest)
        self.checkout = FakeCheckout(whole, history(INIT), commits={self.newest.name: MERGE})

    def world(self, github: bool = True) -> World:
        return world(
            self.checkout,
            {"staging": self.staging, "production": self.production},
            github=self.github if github else None,
            runner=self.runner,
            environ=self.environ,
        )

    @property
    def comments(self) -> list[str]:
        return [each.body for each in self.github.comments.get(NUMBER, [])]
