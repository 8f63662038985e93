"""Where a Prisma schema and the schema that the migrations build disagree. No rule by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.migrations.datamodel import Datamodel, Field, Model
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Table
from bot.judge.context import shown
from bot.sql.values import Column, ConstraintKind

Key = tuple[str, ...]


@dataclass(frozen=True)
class Mismatch:
    """`table` is what it is about, `path` and `line` where the schema says so, if it does."""

    message: str
    table: str
    path: str = ""
    line: int = 1


def mismatches(
    datamodel: Datamodel, catalogue: Catalogue, *, unmanaged: bool
) -> Mapping[Key, Mismatch]:
    """By what they are about, the same before and after a change that does not touch them.

    `unmanaged` says that tables without a model are meant to be.
    """
    found: dict[Key, Mismatch] = {}
    for model in datamodel.models:
        if not model.view and model.table not in catalogue.views:
            found |= _of_model(model, datamodel, catalogue)
    found |= _of_enums(datamodel, catalogue)
    if not unmanaged:
        found |= _of_tables(datamodel, catalogue)
    return found


def _of_model(model: Model, datamodel: Datamodel, catalogue: Catalogue) -> dict[Key, Mismatch]:
    table = catalogue.tables.get(model.table)
    if table is None:
        said = f"schema.prisma has the model {model.name}, and no migration makes its table."
        return {("model", model.table): Mismatch(said, model.table, model.path, model.line)}
    fields = {each.column: each for each in datamodel.columns_of(model)}
    return {
        (kind, model.table, column): Mismatch(said, model.table, model.path, model.line)
        for kind, column, said in _of_columns(model, fields, table)
    }


def _of_columns(
    model: Model, fields: Mapping[str, Field], table: Table
) -> Iterator[tuple[str, str, str]]:
    for name, field in fields.items():
        column = table.columns.get(name)
        place = f"{model.name}.{field.name}"
        if column is None:
            said = f"schema.prisma has {place}, and no migration makes its column."
            yield "field", name, said
        elif not field.repeated and field.optional == _always_there(column, table):
            may = "may be empty" if field.optional else "is always there"
            other = "may not be" if field.optional else "may be empty"
            yield "null", name, f"In schema.prisma {place} {may}; its column {other}."
    for name in table.columns:
        if name not in fields:
            said = f"{shown(table.name)} has the column {name}, and {model.name} no field for it."
            yield "column", name, said


def _always_there(column: Column, table: Table) -> bool:
    keys = (each for each in table.constraints.values() if each.kind is ConstraintKind.PRIMARY_KEY)
    return column.not_null or any(column.name in each.columns for each in keys)


def _of_enums(datamodel: Datamodel, catalogue: Catalogue) -> dict[Key, Mismatch]:
    used = {field.type for model in datamodel.models for field in model.fields}
    found: dict[Key, Mismatch] = {}
    for enum in datamodel.enums:
        there = catalogue.enums.get(enum.type)
        if enum.name not in used:
            continue
        if there is None:
            said = f"schema.prisma has the enum {enum.name}, and no migration makes its type."
            found["enum", enum.type] = Mismatch(said, "", enum.path, enum.line)
            continue
        missing = [each for each in enum.values if each not in there.values]
        extra = [each for each in there.values if each not in enum.values]
        for value in missing:
            said = f"schema.prisma has {enum.name}.{value}, and no migration adds the value."
            found["value", enum.type, value] = Mismatch(said, "", enum.path, enum.line)
        for value in extra:
            said = f"The type {shown(enum.type)} has the value {value}, and {enum.name} has not."
            found["type", enum.type, value] = Mismatch(said, "", enum.path, enum.line)
    return found


def _of_tables(datamodel: Datamodel, catalogue: Catalogue) -> dict[Key, Mismatch]:
    """Tables that nobody modelled; those that Prisma makes for itself begin with `_`."""
    known = {model.table for model in datamodel.models}
    schemas = {"public", *(name.partition(".")[0] for name in known)}
    return {
        ("table", name): Mismatch(
            f"The migrations make {shown(name)}, and schema.prisma has no model for it.", name
        )
        for name, table in catalogue.tables.items()
        if name not in known
        and name.partition(".")[0] in schemas
        and not name.partition(".")[2].startswith("_")
        and not (table.temporary or table.partition_of)
    }
