"""One object of a snapshot, laid out for drafting."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.core.quoting import quoted
from bot.core.schemas.schema import LINKS, POSITION, Definition, Scalar
from bot.drafting.text import parts_of, path

Key = tuple[str, str]

TABLES = ("table", "foreign table")
RELATIONS = (*TABLES, "view", "materialized view")
PARTS = ("column", "constraint", "index", "trigger", "policy", "rule")
TYPES = ("enum", "domain", "composite type", "range type", "base type")
ROUTINES = ("function", "procedure", "aggregate")
ABOUT = ("comment", "security label", "owner", "grant")


@dataclass(frozen=True)
class Item:
    """One object. `needs` are those that it cannot be without."""

    kind: str
    identity: str
    values: Mapping[str, Scalar]
    needs: frozenset[Key] = frozenset()

    @property
    def key(self) -> Key:
        return self.kind, self.identity

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def has(self, name: str) -> bool:
        return bool(self.values.get(name))

    @property
    def called(self) -> str:
        """Its name in SQL; of a table's part only its own."""
        if name := self.text("called"):
            return name
        parts = parts_of(self.identity)
        if self.kind == "index":
            return path(parts[0], parts[-1])
        return quoted(parts[-1]) if self.table else path(*parts)

    @property
    def table(self) -> str:
        """Of a table's part, the table's name in SQL; of anything else ""."""
        if name := self.text("part of"):
            return name
        return path(*parts_of(self.identity)[:-1]) if self.kind in (*PARTS, "default") else ""

    @property
    def home(self) -> str:
        """The identity of the table that it is a part of."""
        return _home(self.identity)

    @cached_property
    def compared(self) -> Definition:
        """What has to be the same for two to be the same."""
        left_out = LINKS | {POSITION}
        return tuple(
            sorted(
                (name, value)
                for name, value in self.values.items()
                if name not in left_out and value is not None
            )
        )


@lru_cache(maxsize=65_536)
def _home(identity: str) -> str:
    names = parts_of(identity)[:-1]
    return ".".join(quoted(each) if "." in each or '"' in each else each for each in names)
