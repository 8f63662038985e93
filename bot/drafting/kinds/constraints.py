"""Constraints of tables."""

from collections.abc import Iterator

from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one

OWNERS = ("PRIMARY KEY", "UNIQUE", "EXCLUDE")


class Constraints:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        if item.has("inherited") and _brought(item, around):
            yield from _validated(item, around)
            return
        yield from one(
            f"ALTER TABLE {item.table} ADD CONSTRAINT {item.called} {item.text('definition')}",
            needs=_needs(item),
        )

    def drop(self, item: Item, around: Around) -> Iterator[Step]:
        if not item.has("inherited"):
            yield from one(f"ALTER TABLE {item.table} DROP CONSTRAINT {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names == {"inherited"}:
            joins = ("attachment", after.home) in around.made | around.gone
            why = f"{after.home} has the constraint {after.called} by itself, and had it inherited"
            return altered() if joins or before.has("inherited") else altered([Undrafted(why)])
        old, new = before.text("definition"), after.text("definition")
        if old.removesuffix(" NOT VALID") == new:
            sql = f"ALTER TABLE {after.table} VALIDATE CONSTRAINT {after.called}"
            return altered(one(sql, needs=_needs(after)))
        return None


def _needs(item: Item) -> str:
    text = item.text("definition")
    if text.endswith("NOT VALID") and not text.startswith(OWNERS):
        return ""
    return f"every row of {item.home} fulfils {item.called}: {' '.join(text.split())}"


def owns_index(item: Item) -> bool:
    return item.text("definition").startswith(OWNERS)


def _brought(item: Item, around: Around) -> bool:
    """Whether it comes with the table that this one inherits from.

    A partition that is made by itself has its own first, but for keys to other tables.
    """
    joins = ("attachment", item.home) in around.made
    foreign = item.text("definition").startswith("FOREIGN KEY")
    if owns_index(item):
        return False
    return not joins or foreign


def _validated(item: Item, around: Around) -> Iterator[Step]:
    """What is added to a table without a look at its rows is also added so to those below it."""
    text = item.text("definition")
    above = (around.wanted.items.get(key) for key in item.needs if key[0] == "constraint")
    if any(each and each.text("definition") == f"{text} NOT VALID" for each in above):
        sql = f"ALTER TABLE {item.table} VALIDATE CONSTRAINT {item.called}"
        yield from one(sql, needs=_needs(item))
