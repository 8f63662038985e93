"""Schemas and extensions."""

from collections.abc import Iterable

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one
from bot.drafting.text import literal


class Schemas:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"CREATE SCHEMA {item.called}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP SCHEMA {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered()


class Extensions:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        # Not its version: the one of another server may not be there.
        return one(f"CREATE EXTENSION {item.called} WITH SCHEMA {quoted(item.text('schema'))}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP EXTENSION {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        steps: list[Step] = []
        if "schema" in names:
            place = quoted(after.text("schema"))
            steps += one(f"ALTER EXTENSION {after.called} SET SCHEMA {place}")
        if "version" in names:
            steps += self._version(before, after)
        return altered(steps)

    def _version(self, before: Item, after: Item) -> Iterable[Step]:
        old, new = before.text("version"), after.text("version")
        if not new:
            return ()
        if old and _number(new) < _number(old):
            return (
                Undrafted(
                    f"the extension {after.identity} is {old} and was {new}: extensions have no "
                    "way back to an older version"
                ),
            )
        return one(f"ALTER EXTENSION {after.called} UPDATE TO {literal(new)}")


def _number(version: str) -> list[int]:
    return [int(each) for each in version.split(".") if each.isdigit()]
