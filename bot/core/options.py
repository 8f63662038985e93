"""What a rule lets a configuration decide: fields of a frozen dataclass, each with its words.

@dataclass(frozen=True)
class Options:
    most: int = option(3, "How many columns an index may have.", least=1)

OPTIONS = Options()
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints


@dataclass(frozen=True)
class Option:
    """One of a rule's options. `kind` is its type, `least` the smallest number it may be."""

    name: str
    kind: Any
    default: Any
    about: str
    least: int | None = None


def option(default: Any, about: str, *, least: int | None = None) -> Any:
    """A field of a rule's options."""
    metadata = {"about": about, "least": least}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def options_in(values: Any) -> Iterator[Option]:
    """The options of a dataclass, with the values of this one as defaults."""
    kinds = get_type_hints(type(values))
    for each in fields(values):
        yield Option(
            each.name,
            kinds[each.name],
            getattr(values, each.name),
            each.metadata["about"],
            each.metadata["least"],
        )


def plain(value: Any) -> Any:
    """An option's value as a configuration would write it."""
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
