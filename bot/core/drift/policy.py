"""What of a difference counts on a target: what is never looked at, and what stops a rollout."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase

KIND = "kind:"
# As the snapshot has them.
KINDS = (
    *("schema", "extension", "table", "foreign table", "column", "constraint", "index", "view"),
    *("materialized view", "sequence", "enum", "domain", "composite type", "range type"),
    *("base type", "function", "procedure", "aggregate", "trigger", "policy", "rule"),
    *("statistics", "collation", "conversion", "operator", "operator class", "operator family"),
    *("text search parser", "text search template", "text search dictionary"),
    *("text search configuration", "cast", "transform", "language", "access method"),
    *("event trigger", "publication", "subscription", "foreign data wrapper", "foreign server"),
    *("user mapping", "comment", "security label", "owner", "grant"),
)
_BY_LENGTH = sorted(KINDS, key=len, reverse=True)


class DriftMode(StrEnum):
    """What becomes of a rollout to a target whose schema is not what its migrations make."""

    REFUSE = "refuse"
    REPORT = "report"
    OFF = "off"
    """Nobody looks."""


class Matter(StrEnum):
    """What a difference is about."""

    STRUCTURE = "structure"
    RIGHTS = "rights"
    """Owners, grants, default privileges, user mappings, security labels."""
    TUNING = "tuning"
    """What an operator sets and what a provider brings: no migration stands on it."""
    COMMENTS = "comments"


@dataclass(frozen=True)
class DriftPolicy:
    """`ignore` are patterns of what nobody looks at: `KIND NAME`, with `*` in the name, or
    `kind:KIND`. The others say what becomes of a difference that is not in the structure: whether
    it stops a rollout where the target's mode does, is told by `drift`, or is not looked at."""

    ignore: tuple[str, ...] = ()
    owners: DriftMode = DriftMode.REPORT
    grants: DriftMode = DriftMode.REPORT
    comments: DriftMode = DriftMode.REPORT
    tuning: DriftMode = DriftMode.REPORT

    def weight(self, matter: Matter, kind: str) -> DriftMode:
        if matter is Matter.STRUCTURE:
            return DriftMode.REFUSE
        if matter is Matter.RIGHTS:
            return self.owners if kind == "owner" else self.grants
        return self.comments if matter is Matter.COMMENTS else self.tuning

    def ignores(self, names: Iterable[tuple[str, str]]) -> bool:
        """Whether an object is left out: any of the names, by kind, that it goes by."""
        return any(_fits(pattern, kind, name) for pattern in self.ignore for kind, name in names)


def _fits(pattern: str, kind: str, name: str) -> bool:
    if pattern.startswith(KIND):
        return kind == pattern.removeprefix(KIND)
    wanted, glob = cut_pattern(pattern)
    return kind == wanted and fnmatchcase(name.replace('"', ""), glob)


def cut_pattern(pattern: str) -> tuple[str, str]:
    """The kind and the name of `KIND NAME`; the kind is "" if there is none of that name."""
    for kind in _BY_LENGTH:
        if pattern.startswith(f"{kind} "):
            return kind, pattern.removeprefix(f"{kind} ").strip().replace('"', "")
    return "", pattern


def pattern_mistakes(patterns: Iterable[str]) -> Iterator[str]:
    """What is wrong with each that can never fit anything."""
    for pattern in patterns:
        if pattern.startswith(KIND):
            kind = pattern.removeprefix(KIND)
            if kind not in KINDS:
                yield f"there is no kind {kind!r}{_near(kind)}"
        elif not cut_pattern(pattern)[0]:
            yield (
                f"{pattern!r} begins with no kind{_near(_first_words(pattern))}: write "
                f"`table public.legacy_*` or `kind:comment`"
            )


def _first_words(pattern: str) -> str:
    return re.split(r"\s+(?=\S*[.*])", pattern, maxsplit=1)[0]


def _near(kind: str) -> str:
    near = get_close_matches(kind, KINDS, n=1)
    return f", did you mean {near[0]!r}" if near else ""
