"""What the catalogue holds, as far as a trace compares it, and how it is brought up to date."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

WITH_COLUMNS = "rpvmf"
_Held = TypeVar("_Held")


class Relation(NamedTuple):
    """`schema` is an oid, `name` bare, `kind` as in pg_class, `file` the number of its file."""

    schema: int
    name: str
    kind: str
    file: int | None


class Other(NamedTuple):
    """A function or a type."""

    schema: int
    name: str


class Label(NamedTuple):
    """A value of an enum."""

    type: int
    text: str


class Constraint(NamedTuple):
    """`kind` as in pg_constraint."""

    name: str
    relation: int
    kind: str
    valid: bool


@dataclass(frozen=True)
class Snapshot:
    """Everything by its oid; columns by that of their relation, and then by number.

    What can have names of its own in a trace is taken out when it is gone; of the others, what is
    gone may still be there.
    """

    schemas: Mapping[int, str] = field(default_factory=dict)
    relations: Mapping[int, Relation] = field(default_factory=dict)
    functions: Mapping[int, Other] = field(default_factory=dict)
    types: Mapping[int, Other] = field(default_factory=dict)
    labels: Mapping[int, Label] = field(default_factory=dict)
    constraints: Mapping[int, Constraint] = field(default_factory=dict)
    columns: Mapping[int, Mapping[int, str]] = field(default_factory=dict)

    def name(self, relation: int) -> str:
        """`schema.name`, unquoted."""
        found = self.relations[relation]
        return f"{self.schemas[found.schema]}.{found.name}"

    def of_kind(self, kinds: str) -> Iterator[int]:
        return (oid for oid, each in self.relations.items() if each.kind in kinds)

    def counts(self) -> tuple[int, ...]:
        """How many there are, and the sum of their oids: both are as the server says only if
        nothing is missing there that is here."""
        return tuple(
            number
            for each in (self.relations, self.functions, self.types, self.labels)
            for number in (len(each), sum(each))
        )

    def with_rows(self, rows: Mapping[str, Iterable[tuple[Any, ...]]]) -> "Snapshot":
        """With what was read; what was there keeps its place if nothing was read of it."""
        found = replace(
            self,
            schemas=_with(self.schemas, ((oid, name) for oid, name in rows["schemas"])),
            relations=_with(self.relations, _made(Relation, rows["relations"])),
            functions=_with(self.functions, _made(Other, rows["functions"])),
            types=_with(self.types, _made(Other, rows["types"])),
            labels=_with(self.labels, _made(Label, rows["labels"])),
            constraints=_with(self.constraints, _made(Constraint, rows["constraints"])),
        )
        return replace(found, columns=_with_columns(found, rows["columns"]))

    def without_all_but(self, there: Mapping[str, Collection[int]]) -> "Snapshot":
        """Of those kinds that are named, only those that are there."""
        kept = _only(self.relations, there.get("relations"))
        return replace(
            self,
            relations=kept,
            functions=_only(self.functions, there.get("functions")),
            types=_only(self.types, there.get("types")),
            labels=_only(self.labels, there.get("labels")),
            columns=self.columns if kept is self.relations else _only(self.columns, kept.keys()),
        )


def _made(kind: Any, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
    return ((oid, kind(*rest)) for oid, *rest in rows)


def _with(old: Mapping[int, _Held], new: Iterable[tuple[int, _Held]]) -> Mapping[int, _Held]:
    found = dict(new)
    return {**old, **found} if found else old


def _only(old: Mapping[int, _Held], there: Collection[int] | None) -> Mapping[int, _Held]:
    if there is None or old.keys() <= set(there):
        return old
    return {oid: each for oid, each in old.items() if oid in there}


def _with_columns(
    found: Snapshot, rows: Iterable[tuple[Any, ...]]
) -> Mapping[int, Mapping[int, str]]:
    changed: dict[int, dict[int, str]] = {}
    for relation, number, name, dropped in rows:
        if relation not in found.relations or found.relations[relation].kind not in WITH_COLUMNS:
            continue
        if relation not in changed:
            changed[relation] = dict(found.columns.get(relation, {}))
        if dropped:
            changed[relation].pop(number, None)
        else:
            changed[relation][number] = name
    return {**found.columns, **changed} if changed else found.columns
