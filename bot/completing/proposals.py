"""What is proposed for each kind of value, out of what lies nearby."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import click
from click.shell_completion import CompletionItem

# A shell puts a proposal into the command line as it is. What could mean something to it, such as
# `$(…)` in the name of a folder, is not proposed.
_HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+/-]*")


class Nearby(Protocol):
    """What a command line can name, as far as this disk knows it."""

    def databases(self) -> Sequence[str]: ...
    def targets(self) -> Sequence[str]:
        """In the order in which they are rolled out to."""

    def migrations(self, target: str | None) -> Sequence[str]:
        """The newest first: of the target's database, or of all if there is no such target."""

    def backups(self, target: str | None) -> Sequence[str]:
        """The newest first: of the target, if one is named."""


@dataclass(frozen=True)
class Proposals:
    """Answers `Propose`. A kind that nobody can know, such as a digest, has no proposals.

    `look` is given the global options, and looks only where names are asked for.
    """

    look: Callable[[Mapping[str, Any]], Nearby]
    rules: Mapping[str, str]

    def __call__(
        self, kind: str, context: click.Context, typed: str
    ) -> Sequence[CompletionItem[str]]:
        if kind == "rules":
            return self._of_a_list(typed)
        if kind == "rule":
            return _beginning(typed, self.rules)
        return _beginning(typed, dict.fromkeys(self._names(kind, context), ""))

    def _names(self, kind: str, context: click.Context) -> Iterable[str]:
        if kind not in ("target", "migration", "backup", "database"):
            return ()
        nearby = self.look(context.find_root().params)
        if kind == "target":
            taken = context.params.get("targets") or ()
            return (name for name in nearby.targets() if name not in taken)
        if kind == "migration":
            return nearby.migrations(_target_in(context))
        if kind == "backup":
            return nearby.backups(_target_in(context))
        return nearby.databases()

    def _of_a_list(self, typed: str) -> Sequence[CompletionItem[str]]:
        """The last of several, with those before it."""
        before, comma, _ = typed.rpartition(",")
        taken = before.split(",")
        left = {name: title for name, title in self.rules.items() if name not in taken}
        return _beginning(typed, {f"{before}{comma}{name}": left[name] for name in left})


def _target_in(context: click.Context) -> str | None:
    target = context.params.get("target")
    return target if isinstance(target, str) else None


def _beginning(typed: str, names: Mapping[str, str]) -> list[CompletionItem[str]]:
    return [
        CompletionItem(name, help=said or None)
        for name, said in names.items()
        if name.startswith(typed) and all(map(_HARMLESS.fullmatch, name.split(",")))
    ]
