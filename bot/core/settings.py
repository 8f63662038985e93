"""What a repository's configuration decides, as values; config.py reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity
from bot.core.github.command import Verb
from bot.core.github.faces import Faces
from bot.core.github.notification import Sink
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.rehearsal_order import BUDGET, Limits
from bot.core.rehearsals.sizes import Thresholds
from bot.core.targets.hooks import Hooks
from bot.core.targets.target import Kind, Target
from bot.errors import UsageError

CONFIG_PATH = ".github/migration-bot.yml"
DEFAULT_FOLDER = "prisma/migrations"
OLDEST_POSTGRES = 13
NEWEST_POSTGRES = 18


def default_targets() -> dict[str, Target]:
    """The three targets of a repository without a configuration file, in rollout order."""
    others = BackupPolicy(level=Level.DECODE)
    return {
        "development": Target("development", Kind.DEVELOPMENT, "DATABASE_URL", backup=others),
        "staging": Target("staging", Kind.STAGING, "STAGING_DATABASE_URL", backup=others),
        "production": Target(
            "production",
            Kind.PRODUCTION,
            "PRODUCTION_DATABASE_URL",
            after="staging",
            approval=ApprovalPolicy.of(1),
            backup=BackupPolicy(required=True),
        ),
    }


@dataclass(frozen=True)
class RehearsalSettings:
    """Whether a check rehearses, on which rows, and within which limits.

    `seed` is the path of the seed script, below the checkout's top. `budget` is how many bytes of
    rows may be made up, and `target` the one whose backup is used. `roles` are names to have ready
    besides those that the history speaks of.
    """

    enabled: bool = True
    data: DataKind = DataKind.NONE
    seed: str = "prisma/seed.sql"
    budget: int = BUDGET
    target: str | None = None
    roles: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Settings:
    """`folder` is the migrations folder. `severities` overrides rules; None switches one off.

    `exclusions` say where rules are not looked for, `options` are theirs: values of the rules' own
    types. `postgres` is the major version that judgement assumes, `prisma` the Prisma version, if
    known. `baseline` is the last migration that is never judged. `sizes_file` holds the sizes that
    findings are weighed by, and `thresholds` says how. `database` is its name where the file has
    several, "" where there is one; `own_comment` says that each has a comment of its own.
    `notices` are what is to be said of the file as a whole.
    `notify` are told of rollouts, and `commands` says who may give which. `hooks` are run after
    rollouts to development.
    """

    folder: str = DEFAULT_FOLDER
    targets: Mapping[str, Target] = field(default_factory=default_targets)
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    postgres: int = NEWEST_POSTGRES
    prisma: str | None = None
    exclusions: Mapping[str, Exclusion] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    baseline: str | None = None
    sizes_file: str | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    rehearsal: RehearsalSettings = field(default_factory=RehearsalSettings)
    faces: Faces = field(default_factory=Faces)
    commands: Mapping[Verb, Approvers] = field(default_factory=dict)
    database: str = ""
    own_comment: bool = False
    notices: tuple[str, ...] = ()
    notify: tuple[Sink, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)

    def target(self, name: str) -> Target:
        """The target of that name. Raises UsageError if the configuration has none."""
        if name in self.targets:
            return self.targets[name]
        known = ", ".join(self.targets) or "none"
        raise UsageError(
            f"There is no target {name!r} in the configuration.",
            hint=f"Use one of: {known}; or add it under `targets:` in {CONFIG_PATH}.",
        )

    @property
    def shares_comment(self) -> bool:
        """Whether it is told of in one comment with the other databases of the repository."""
        return bool(self.database) and not self.own_comment

    @property
    def rollout_order(self) -> tuple[Target, ...]:
        """Staging and production targets, each after the one it comes after."""
        return _ordered(each for each in self.targets.values() if each.kind is not Kind.DEVELOPMENT)

    @property
    def in_order(self) -> tuple[Target, ...]:
        """Every target, each after the one it comes after."""
        return _ordered(self.targets.values())


def _ordered(targets: Iterable[Target]) -> tuple[Target, ...]:
    ordered: list[Target] = []
    waiting = list(targets)
    while waiting:
        names = {each.name for each in waiting}
        ready = [each for each in waiting if each.after not in names] or waiting
        ordered += ready
        waiting = [each for each in waiting if each not in ready]
    return tuple(ordered)
