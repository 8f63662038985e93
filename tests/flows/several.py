"""A repository with two databases whose pull request #7 brought one migration to each, as fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.approvals.approval import Opinion, PullFacts
from bot.core.approvals.approval_policy import ApprovalPolicy, Permission
from bot.core.github.deployment import Deployment
from bot.core.github.pull import Pull
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rollouts.progress import State
from bot.core.settings import Settings
from bot.core.targets.target import Kind, Target
from bot.world import World
from tests.fakes import NOON, FakeCheckout, FakeDatabase, FakeGitHub, FakeRunner, applied, world
from tests.flows.world import HEAD, NUMBER

# FakeCheckout is always at this commit.
HERE = "h" * 40
NAMES = ("shop", "billing")
TABLE = "CREATE TABLE a (id int PRIMARY KEY, b int);"
HARMLESS = "CREATE TABLE b (id int PRIMARY KEY);"
RISKY = "CREATE INDEX a_b ON a (b);"
APPROVED = (Opinion("grace", "APPROVED", HEAD, NOON),)


def migration(database: str, name: str, sql: str) -> Migration:
    return Migration(name, f"{database}/migrations/{name}/migration.sql", sql)


def settings(database: str, *, apart: bool = False) -> Settings:
    staging = Target(f"{database}-staging", Kind.STAGING, f"{database.upper()}_STAGING_URL")
    production = Target(
        f"{database}-production",
        Kind.PRODUCTION,
        f"{database.upper()}_PRODUCTION_URL",
        after=staging.name,
        approval=ApprovalPolicy.of(1),
    )
    return Settings(
        folder=f"{database}/migrations",
        targets={each.name: each for each in (staging, production)},
        database=database,
        own_comment=apart,
    )


@dataclass
class Two:
    """`brought` is the second migration of each database that the pull request brings one to.
    `apart` says that each has a comment of its own."""

    brought: Mapping[str, str] = field(
        default_factory=lambda: {"shop": HARMLESS, "billing": HARMLESS}
    )
    opinions: tuple[Opinion, ...] = APPROVED
    environ: dict[str, str] = field(default_factory=dict)
    apart: bool = False
    merged: bool = False
    runner: FakeRunner = field(default_factory=FakeRunner)
    github: FakeGitHub = field(default_factory=FakeGitHub)
    targets: dict[str, FakeDatabase] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.github.permissions = {"ada": Permission.WRITE, "grace": Permission.WRITE}
        self.github.brought[HERE] = NUMBER
        for name in NAMES:
            for stage in ("staging", "production"):
                rows = [applied(self.init(name))]
                self.targets.setdefault(f"{name}-{stage}", FakeDatabase(rows))

    def init(self, database: str) -> Migration:
        return migration(database, "20260101000000_init", TABLE)

    def more(self, database: str) -> Migration:
        return migration(database, f"20260201000000_{database}", self.brought[database])

    @property
    def pull(self) -> Pull:
        files = tuple(self.more(each).path for each in self.brought)
        return Pull(NUMBER, HEAD, "main", "ada", merged=self.merged, files=files)

    def worlds(self, *names: str) -> list[World]:
        """Those of both databases, unless some are named; the pull request as it is now."""
        self.github.pulls[NUMBER] = self.pull
        texts = {self.more(each).name: self.more(each).checksum for each in self.brought}
        known = PullFacts(NUMBER, HEAD, frozenset({"ada"}), self.opinions, texts)
        self.github.pull_facts[NUMBER] = known
        return [self._world(each) for each in names or NAMES]

    def _world(self, database: str) -> World:
        base = self._history(database)
        head = self._history(database, *([database] if database in self.brought else []))
        names = [self.more(each).name for each in self.brought]
        checkout = FakeCheckout(head, base, commits=dict.fromkeys(names, HERE))
        return world(
            checkout,
            self.targets,
            settings=settings(database, apart=self.apart),
            github=self.github,
            runner=self.runner,
            environ=self.environ,
        )

    def _history(self, database: str, *more: str) -> History:
        found = (self.init(database), *(self.more(each) for each in more))
        return History(f"{database}/migrations", found, provider="postgresql")

    @property
    def comments(self) -> list[str]:
        return [each.body for each in self.github.comments.get(NUMBER, [])]

    @property
    def outputs(self) -> Mapping[str, str]:
        return self.runner.outputs

    def has(self, target: str) -> list[str]:
        """What a target has applied beyond the first migration."""
        return [row.name for row in self.targets[target].rows][1:]

    def has_deployed(self, *names: str) -> None:
        """GitHub knows that targets have the first migration."""
        for name in names:
            first = self.init(name.partition("-")[0])
            texts = {first.name: first.checksum}
            self.github.announced.append(Deployment(name, HERE, State.APPLIED, NOON, texts))
