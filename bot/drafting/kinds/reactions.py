"""Triggers, event triggers, rules and policies: what happens when something is done."""

from collections.abc import Iterable, Iterator

from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, altered, changed, one
from bot.drafting.text import array, literal

_ENABLED = {"": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


class Triggers:
    """And rules, which are switched on and off the same way."""

    def create(self, item: Item, around: Around) -> Iterator[Step]:
        if item.has("taken over"):
            return
        yield from one(item.text("definition").rstrip().removesuffix(";"))
        if item.text("enabled"):
            yield from self._enabled(item)

    def drop(self, item: Item, around: Around) -> Iterator[Step]:
        if not item.has("taken over"):
            yield from one(f"DROP {item.kind.upper()} {item.called} ON {item.table}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self._enabled(after)) if changed(before, after) == {"enabled"} else None

    def _enabled(self, item: Item) -> Iterable[Step]:
        how = _ENABLED[item.text("enabled")]
        return one(f"ALTER TABLE {item.table} {how} {item.kind.upper()} {item.called}")


class EventTriggers:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        tags = ", ".join(literal(each) for each in array(item.text("tags")))
        when = f" WHEN TAG IN ({tags})" if tags else ""
        yield from one(
            f"CREATE EVENT TRIGGER {item.called} ON {item.text('event')}{when} "
            f"EXECUTE FUNCTION {item.text('function')}"
        )
        if item.text("enabled"):
            yield from self._enabled(item)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP EVENT TRIGGER {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self._enabled(after)) if changed(before, after) == {"enabled"} else None

    def _enabled(self, item: Item) -> Iterable[Step]:
        return one(f"ALTER EVENT TRIGGER {item.called} {_ENABLED[item.text('enabled')]}")


_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}


class Policies:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        kind = "PERMISSIVE" if item.has("permissive") else "RESTRICTIVE"
        command = _COMMANDS[item.text("command")]
        start = f"CREATE POLICY {item.called} ON {item.table} AS {kind} FOR {command}"
        return one(start + _policy(item))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP POLICY {item.called} ON {item.table}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        # ALTER POLICY takes nothing away.
        lost = any(before.text(each) and not after.text(each) for each in ("using", "with check"))
        if lost or names & {"permissive", "command"}:
            return None
        return altered(one(f"ALTER POLICY {after.called} ON {after.table}{_policy(after)}"))


def _policy(item: Item) -> str:
    words = f" TO {item.text('roles')}"
    if item.text("using"):
        words += f" USING ({item.text('using')})"
    if item.text("with check"):
        words += f" WITH CHECK ({item.text('with check')})"
    return words
