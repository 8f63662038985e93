"""The repository on GitHub and the workflows that it has, as far as the bot depends on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.doctor.check import Trouble


@dataclass(frozen=True)
class WorkflowLook:
    """A file that `init` writes. `text` is what it holds, None if it is not there; `expected` what
    this version of the bot would write, None if that cannot be told."""

    path: str
    text: str | None
    expected: str | None = None


@dataclass(frozen=True)
class EnvironmentLook:
    """`limited` says that not every branch may use it, `reviewed` that somebody lets jobs in."""

    name: str
    there: bool = True
    limited: bool = False
    reviewed: bool = False
    trouble: Trouble | None = None


@dataclass(frozen=True)
class RepositoryLook:
    """`trouble` is why nothing is known of it. `refused` is what this token may not read, by the
    permission. `required` are the checks that the protection of its default `branch` requires,
    None where that is not known; what a ruleset requires is not among them."""

    branch: str = ""
    trouble: Trouble | None = None
    refused: Mapping[str, Trouble] = field(default_factory=dict)
    required: tuple[str, ...] | None = None
    environments: tuple[EnvironmentLook, ...] = ()
