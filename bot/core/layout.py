"""An example that is files rather than SQL: what the base has, and what the branch makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Texts by path, relative to the folder that the migrations folder lies in."""

    head: Mapping[str, str]
    base: Mapping[str, str]
