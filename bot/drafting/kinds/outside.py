"""Publications and foreign servers: what has to do with other servers."""

from collections.abc import Iterable

from bot.drafting.layout import Item
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one
from bot.drafting.text import listed, literal, quoted

_ACTIONS = ("insert", "update", "delete", "truncate")


class Publications:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        what = "FOR ALL TABLES " if item.has("all tables") else ""
        if item.text("tables"):
            what = f"FOR TABLE {_tables(item)} "
        return one(f"CREATE PUBLICATION {item.called} {what}WITH ({_settings(item)})")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP PUBLICATION {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if "all tables" in names or names - {*_ACTIONS, "via root", "tables"}:
            return None
        if "tables" in names and not (before.text("tables") and after.text("tables")):
            return None
        steps: list[Step] = []
        if "tables" in names:
            steps += one(f"ALTER PUBLICATION {after.called} SET TABLE {_tables(after)}")
        if names - {"tables"}:
            steps += one(f"ALTER PUBLICATION {after.called} SET ({_settings(after)})")
        return altered(steps)


def _tables(item: Item) -> str:
    """Without those that inherit from them, which are named if they are meant."""
    return ", ".join(f"ONLY {each}" for each in listed(item.text("tables")))


def _settings(item: Item) -> str:
    actions = ", ".join(each for each in _ACTIONS if item.has(each))
    root = "true" if item.has("via root") else "false"
    return f"publish = {literal(actions)}, publish_via_partition_root = {root}"


class ForeignServers:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if item.text("options"):
            why = "its options may be secret and are not in the catalogue's snapshot"
            return [Undrafted(f"the foreign server {item.identity} has to be made by hand: {why}")]
        words = [f"CREATE SERVER {item.called}"]
        words += [f"TYPE {literal(item.text('type'))}"] if item.text("type") else []
        words += [f"VERSION {literal(item.text('version'))}"] if item.text("version") else []
        return one(" ".join([*words, f"FOREIGN DATA WRAPPER {quoted(item.text('wrapper'))}"]))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        loses = f"loses the options of the foreign server {item.identity}"
        return one(f"DROP SERVER {item.called}", loses=loses if item.text("options") else "")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if "options" in names:
            why = "they may be secret and are not in the catalogue's snapshot"
            return altered([Undrafted(f"the options of foreign server {after.identity}: {why}")])
        if names == {"version"} and after.text("version"):
            version = literal(after.text("version"))
            return altered(one(f"ALTER SERVER {after.called} VERSION {version}"))
        return None
