"""What a repository is like before the bot moves in, and which bot is to move in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.settings import Settings
from bot.core.targets.target import Kind, Target
from bot.errors import UsageError

_STAGES = (Kind.STAGING, Kind.PRODUCTION)
_PIN = re.compile(r"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)@([0-9a-f]{40})")


@dataclass(frozen=True)
class Ground:
    """A repository: its top, its default branch, and where its migrations are or will be.

    `folders` are migrations folders that are there, `expected` those that Prisma would make beside
    the schemas it finds; both relative to `root`, with forward slashes.
    """

    root: str
    branch: str
    folders: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pin:
    """One commit of one copy of the bot, as `uses:` names it."""

    repository: str
    commit: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.commit}"


@dataclass(frozen=True)
class Laid:
    """What became of one file: `text` is what it should hold, `before` what was there, if anything.

    `written` says that it holds it now.
    """

    path: str
    text: str
    before: str | None
    written: bool

    @property
    def differs(self) -> bool:
        return self.before is not None and self.before != self.text


@dataclass(frozen=True)
class Stage:
    """An environment of GitHub's that holds the targets of one kind, of several databases.

    `secrets` are the variables with their connection strings.
    """

    name: str
    targets: tuple[str, ...]
    secrets: tuple[str, ...]


def stages_of(databases: Sequence[Settings]) -> tuple[Stage, ...]:
    """Staging and production, as far as there are targets of the kind."""
    order = [target for each in databases for target in each.rollout_order]
    kinds = [(kind, [each for each in order if each.kind is kind]) for kind in _STAGES]
    return tuple(_stage(kind, targets) for kind, targets in kinds if targets)


def _stage(kind: Kind, targets: Sequence[Target]) -> Stage:
    secrets = dict.fromkeys(
        name for each in targets for name in (each.url_env, each.direct_url_env) if name
    )
    return Stage(kind.value, tuple(each.name for each in targets), tuple(secrets))


def pin_of(text: str) -> Pin:
    """Raises UsageError unless it is a repository and a whole commit."""
    match = _PIN.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} does not name one commit of a repository.",
            hint="Write it as OWNER/migration-bot@ and the 40 digits of the commit; a branch or a "
            "tag could be moved to other code.",
        )
    return Pin(match[1], match[2])
