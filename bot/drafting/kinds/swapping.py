"""A type that is put in the place of another, with the columns that are of it."""

from collections.abc import Iterator

from bot.drafting.item import TYPES, Item
from bot.drafting.steps import Alteration, Around, Step, altered, one
from bot.drafting.text import parts_of, path


def columns_with(kind: Item, around: Around) -> list[Item]:
    """The columns that stay and stay of it, as they are to be, without those of partitions."""
    found = []
    for key in sorted(around.current.needed_by.get(kind.key, ())):
        after = around.wanted.items.get(key)
        if key[0] != "column" or after is None or kind.key not in after.needs:
            continue
        if not after.has("taken over") and not after.has("generated"):
            found.append(after)
    return found


def users_besides(kind: Item, around: Around) -> str:
    """Another type that is made of it, by name; "" if there is none."""
    users = around.current.needed_by.get(kind.key, ())
    return next((" ".join(key) for key in sorted(users) if key[0] in TYPES), "")


def swapped(before: Item, after: Item, columns: list[Item], definition: str) -> Alteration:
    """The old one gets another name, and goes when no column is of it any more."""
    word = "DOMAIN" if before.kind == "domain" else "TYPE"
    schema, name = parts_of(after.identity)[0], parts_of(after.identity)[-1]
    # PostgreSQL cuts what is longer than 63 bytes.
    aside = f"{name.encode()[:50].decode(errors='ignore')}__before"
    return altered(
        one(f"ALTER {word} {before.called} RENAME TO {path(aside)}"),
        one(definition),
        _converted(columns),
        one(f"DROP {word} {path(schema, aside)}"),
        disturbs={before.key, *(each.key for each in columns)},
    )


def _converted(columns: list[Item]) -> Iterator[Step]:
    for column in columns:
        kind = column.text("type")
        through = "text[]" if kind.endswith("[]") else "text"
        yield from one(
            f"ALTER TABLE {column.table} ALTER COLUMN {column.called} TYPE {kind} "
            f"USING {column.called}::{through}::{kind}"
        )
