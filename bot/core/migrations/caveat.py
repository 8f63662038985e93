"""What speaks against a statement's being taken back by what a catalogue knows."""

from dataclasses import dataclass
from enum import StrEnum


class CaveatKind(StrEnum):
    """`GONE`: it destroys this, and no script brings it back. `VALUES`: it works values out anew,
    and what they were is in none of them. `CHANGED`: it changes this, which no comparison of
    schemas shows. `UNKNOWN`: nobody can tell what it does."""

    GONE = "gone"
    VALUES = "values"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Caveat:
    """`about` is what is gone or changed, "the place of sequence public.numbers", or why nobody can
    tell: "it calls purge(), whose code the history does not have"."""

    kind: CaveatKind
    about: str
