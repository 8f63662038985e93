"""The names the server would choose, so that a rewrite can give them and change nothing."""

from collections.abc import Iterable

from bot.judge.catalogue.catalogue import Catalogue
from bot.rewriting.words import fits

IDENTIFIER_PARTS = "_"


def chosen(catalogue: Catalogue, table: str, columns: Iterable[str], ending: str) -> str | None:
    """`table_columns_ending`; None where the server would shorten or number it."""
    schema, _, bare = table.partition(".")
    name = IDENTIFIER_PARTS.join(part for part in (bare, *columns, ending) if part)
    return name if fits(name) and free(catalogue, schema, name) else None


def free(catalogue: Catalogue, schema: str, name: str) -> bool:
    """Whether nothing in the schema is known to bear the name."""
    whole = f"{schema}.{name}"
    relations = (catalogue.tables, catalogue.indexes, catalogue.views, catalogue.sequences)
    if any(whole in each for each in relations):
        return False
    return not any(
        name in table.constraints
        for table in catalogue.tables.values()
        if table.name.startswith(f"{schema}.")
    )


def temporary(catalogue: Catalogue, table: str, column: str) -> str | None:
    """A name for a CHECK that is dropped again, unlike any that the server would choose."""
    schema, _, bare = table.partition(".")
    for name in (f"{bare}_{column}_is_not_null", f"{column}_is_not_null"):
        if fits(name) and free(catalogue, schema, name):
            return name
    return None
