"""Sequences and the columns that count with them. No rule by itself."""

from collections.abc import Iterator

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context


def is_new(context: Context, sequence: str) -> bool:
    """Whether nobody counts with it yet: it, or the one table that owns it by name, is new."""
    owners = {table for table, _ in columns_of(context.catalogue, sequence)}
    return context.is_new(sequence) or (bool(owners) and all(map(context.is_new, owners)))


def columns_of(catalogue: Catalogue, sequence: str) -> Iterator[tuple[str, str]]:
    """The tables and columns that take their numbers from a sequence, or own it by its name."""
    schema, _, bare = sequence.partition(".")
    for table in catalogue.tables.values():
        space, _, name = table.name.partition(".")
        for column in table.columns.values():
            own = space == schema and bare == f"{name}_{column.name}_seq"
            named = column.default.strings if column.default else ()
            if own or any(each.replace('"', "") in (sequence, bare) for each in named):
                yield table.name, column.name
