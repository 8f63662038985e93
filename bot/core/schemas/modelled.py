"""schema.prisma's schema beside the migrated one, as far as Prisma has words for what is in it.

Both are snapshots: of what Prisma's own SQL makes, and of what the migrations have made. What
Prisma's comparison does not see is left out: views, checks, exclusions, partial and expression
indexes, triggers, functions, policies, comments, rights, the order of columns and of an enum's
values, partitions, and whether a column counts by a sequence or as an identity.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.core.schemas.modelled_parts import (
    OPEN,
    Column,
    ForeignKey,
    Index,
    column_of,
    foreign_key_of,
    index_of,
    primary_key_of,
    values_of,
)
from bot.core.schemas.schema import Definition, Snapshot

MOST_LINES = 100
MIGRATIONS_TABLE = "_prisma_migrations"
_PART = re.compile(r'"((?:[^"]|"")+)"|([^.]+)')

Key = tuple[str, str]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Outline:
    """What Prisma models of a schema. Keys are those of a snapshot: the identity as it is there.

    Columns, keys and indexes are by their table and their own name.
    """

    tables: frozenset[str]
    columns: Mapping[Key, Column]
    primary_keys: Mapping[Key, str]
    indexes: Mapping[Key, Index]
    foreign_keys: Mapping[Key, ForeignKey]
    enums: Mapping[str, frozenset[str]]


def model_differences(
    model: Snapshot,
    database: Snapshot,
    *,
    schemas: Collection[str],
    open_defaults: Collection[str] = (),
    outside: Collection[str] = (),
) -> tuple[str, ...]:
    """A sentence for each thing that differs, in the schemas named.

    `open_defaults` are columns as `schema.table.column` of which the model says only that the
    database has some default; `outside` are tables and enums that others look after.
    """
    left = outline(model, schemas, outside, open_defaults)
    right = outline(database, schemas, outside)
    lines = [
        *_tables(left, right),
        *_columns(left, right),
        *_named("The primary key", left.primary_keys, right.primary_keys, _shared(left, right)),
        *_named("The index", left.indexes, right.indexes, _shared(left, right)),
        *_named("The foreign key", left.foreign_keys, right.foreign_keys, _shared(left, right)),
        *_enums(left, right),
    ]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"{len(lines) - MOST_LINES:,} more differences are not listed."]
    return tuple(lines)


def outline(
    snapshot: Snapshot,
    schemas: Collection[str],
    outside: Collection[str] = (),
    open_defaults: Collection[str] = (),
) -> Outline:
    """What Prisma sees of a snapshot."""
    tables = frozenset(
        identity
        for (kind, identity), definition in snapshot.items()
        if kind == "table"
        and _is_modelled(identity, schemas, outside)
        and not _is_partition(dict(definition))
    )
    constraints = dict(_inside(snapshot, "constraint", tables, _text))
    keys = {key: primary_key_of(text) for key, text in constraints.items()}
    foreign = {key: foreign_key_of(text) for key, text in constraints.items()}
    excluding = {key for key, text in constraints.items() if text.startswith("EXCLUDE")}
    indexes = dict(_inside(snapshot, "index", tables, lambda each: index_of(_text(each))))
    hidden = excluding | {key for key, text in keys.items() if text}
    return Outline(
        tables=tables,
        columns={
            key: column.opened if ".".join(key) in open_defaults else column
            for key, column in _inside(snapshot, "column", tables, column_of)
        },
        primary_keys={key: text for key, text in keys.items() if text},
        indexes={key: each for key, each in indexes.items() if each and key not in hidden},
        foreign_keys={key: each for key, each in foreign.items() if each},
        enums={
            identity: values_of(str(dict(definition).get("labels") or ""))
            for (kind, identity), definition in snapshot.items()
            if kind == "enum" and _is_modelled(identity, schemas, outside)
        },
    )


def _is_modelled(identity: str, schemas: Collection[str], outside: Collection[str]) -> bool:
    schema, name = parts_of(identity)
    return schema in schemas and name != MIGRATIONS_TABLE and identity not in outside


def _is_partition(attributes: Mapping[str, object]) -> bool:
    """One that has none of its own; Prisma takes the others for tables."""
    return bool(attributes.get("partition")) and not attributes.get("partitioned by")


def parts_of(identity: str) -> tuple[str, str]:
    """The first part of an identity, and the rest as one."""
    parts = [quoted or plain for quoted, plain in _PART.findall(identity)]
    return parts[0], ".".join(parts[1:])


def _inside(
    snapshot: Snapshot, kind: str, tables: Collection[str], read: Callable[[Definition], Value]
) -> Iterator[tuple[Key, Value]]:
    """Those of a kind that belong to the tables, by table and name."""
    for (each, identity), definition in snapshot.items():
        if each == kind:
            last = [match.start() for match in _PART.finditer(identity)][-1]
            table = identity[: last - 1]
            if table in tables:
                yield (table, identity[last:]), read(definition)


def _text(definition: Definition) -> str:
    return str(dict(definition)["definition"])


def _shared(model: Outline, database: Outline) -> frozenset[str]:
    return model.tables & database.tables


def _tables(model: Outline, database: Outline) -> Iterator[str]:
    for each in sorted(model.tables - database.tables):
        yield f"The table {each} is in schema.prisma, and no migration makes it."
    for each in sorted(database.tables - model.tables):
        yield f"The table {each} is made by the migrations, and is not in schema.prisma."


def _columns(model: Outline, database: Outline) -> Iterator[str]:
    shared = _shared(model, database)
    for key in _both(model.columns, database.columns, shared):
        name = ".".join(key)
        mine, theirs = model.columns.get(key), database.columns.get(key)
        if theirs is None:
            yield f"The column {name} is in schema.prisma, and no migration makes it."
        elif mine is None:
            yield f"The column {name} is made by the migrations, and is not in schema.prisma."
        else:
            yield from _column(name, mine, theirs)


def _column(name: str, model: Column, database: Column) -> Iterator[str]:
    if model.type != database.type:
        yield f"The column {name} is {model.type} in schema.prisma, and {database.type} by the \
migrations."
    if model.required and not database.required:
        yield f"The column {name} is required in schema.prisma, and may be NULL by the migrations."
    if database.required and not model.required:
        yield f"The column {name} is optional in schema.prisma, and NOT NULL by the migrations."
    if OPEN not in (model.default, database.default) and model.default != database.default:
        yield f"The column {name} has {_default(model)} in schema.prisma, and {_default(database)} \
by the migrations."


def _default(column: Column) -> str:
    return f"the default {column.shown_default}" if column.default is not None else "no default"


def _named(
    what: str,
    model: Mapping[Key, object],
    database: Mapping[Key, object],
    tables: Collection[str],
) -> Iterator[str]:
    """What has a name and a shape: another name for the same shape is one difference, not two."""
    renamed = _renamed(model, database, tables)
    for key in _both(model, database, tables):
        table, name = key
        if key in renamed:
            other = renamed[key][1]
            yield f"{what} of {table} on {model[key]} is named {name} in schema.prisma, and \
{other} by the migrations."
        elif key in renamed.values():
            continue
        elif key not in database:
            yield f"{what} {name} of {table} on {model[key]} is in schema.prisma, and no migration \
makes it."
        elif key not in model:
            yield f"{what} {name} of {table} on {database[key]} is made by the migrations, and is \
not in schema.prisma."
        elif model[key] != database[key]:
            yield f"{what} {name} of {table} is on {model[key]} in schema.prisma, and on \
{database[key]} by the migrations."


def _renamed(
    model: Mapping[Key, object], database: Mapping[Key, object], tables: Collection[str]
) -> Mapping[Key, Key]:
    """The model's name, to the database's, of what has the same shape in both."""
    left = [key for key in sorted(model.keys() - database.keys()) if key[0] in tables]
    free = [key for key in sorted(database.keys() - model.keys()) if key[0] in tables]
    found: dict[Key, Key] = {}
    for key in left:
        same = (each for each in free if each[0] == key[0] and database[each] == model[key])
        if (other := next(same, None)) is not None:
            free.remove(other)
            found[key] = other
    return found


def _both(left: Iterable[Key], right: Iterable[Key], tables: Collection[str]) -> list[Key]:
    return sorted(key for key in {*left, *right} if key[0] in tables)


def _enums(model: Outline, database: Outline) -> Iterator[str]:
    for each in sorted({*model.enums, *database.enums}):
        mine, theirs = model.enums.get(each), database.enums.get(each)
        if theirs is None:
            yield f"The enum {each} is in schema.prisma, and no migration makes it."
        elif mine is None:
            yield f"The enum {each} is made by the migrations, and is not in schema.prisma."
        else:
            for value in sorted(mine - theirs):
                yield f"The enum {each} has the value {value} in schema.prisma, and not by the \
migrations."
            for value in sorted(theirs - mine):
                yield f"The enum {each} has the value {value} by the migrations, and not in \
schema.prisma."
