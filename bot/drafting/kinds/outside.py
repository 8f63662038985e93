"""Publications and foreign servers: what has to do with other servers."""

from collections.abc import Iterable

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one
from bot.drafting.text import listed, literal

_MEMBERS = {"tables", "schemas"}
_ACTIONS = ("insert", "update", "delete", "truncate")


class Publications:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        what = "FOR ALL TABLES " if item.has("all tables") else ""
        if _members(item):
            what = f"FOR {_members(item)} "
        return one(f"CREATE PUBLICATION {item.called} {what}WITH ({_settings(item)})")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP PUBLICATION {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names - {*_ACTIONS, "via root", *_MEMBERS, "generated columns"}:
            return None
        if names & _MEMBERS and not (_members(before) and _members(after)):
            return None
        steps: list[Step] = []
        if names & _MEMBERS:
            steps += one(f"ALTER PUBLICATION {after.called} SET {_members(after)}")
        if names - _MEMBERS:
            steps += one(f"ALTER PUBLICATION {after.called} SET ({_settings(after)})")
        return altered(steps)


def _members(item: Item) -> str:
    """Tables without those that inherit from them, which are named if they are meant."""
    tables = [f"TABLE ONLY {_filtered(each)}" for each in listed(item.text("tables"))]
    places = [f"TABLES IN SCHEMA {each}" for each in listed(item.text("schemas"))]
    return ", ".join([*tables, *places])


def _filtered(table: str) -> str:
    """A condition stands in brackets."""
    name, where, condition = table.partition(" WHERE ")
    return f"{name} WHERE ({condition})" if where else name


def _settings(item: Item) -> str:
    actions = ", ".join(each for each in _ACTIONS if item.has(each))
    root = "true" if item.has("via root") else "false"
    words = f"publish = {literal(actions)}, publish_via_partition_root = {root}"
    stored = {"s": "stored", "true": "stored"}.get(item.text("generated columns"))
    return f"{words}, publish_generated_columns = {stored}" if stored else words


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
        loses = f"the options of the foreign server {item.identity}"
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


class Wrappers:
    """Foreign data wrappers."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if item.text("options"):
            return [Undrafted(f"the options of {item.kind} {item.identity} {_SECRET}")]
        words = [f"CREATE FOREIGN DATA WRAPPER {item.called}"]
        words += [f"HANDLER {item.text('handler')}"] if item.text("handler") else []
        words += [f"VALIDATOR {item.text('validator')}"] if item.text("validator") else []
        return one(" ".join(words))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP FOREIGN DATA WRAPPER {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        if "options" in changed(before, after):
            return altered([Undrafted(f"the options of {after.kind} {after.identity} {_SECRET}")])
        return None


_SECRET = "may be secret and are in no snapshot"


class UserMappings:
    """As whom somebody is known to another server."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return [Undrafted(f"the options of the user mapping {item.identity} {_SECRET}")]

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        user, _, server = item.identity.rpartition(" for ")
        who = "PUBLIC" if user == "public" else quoted(user)
        return one(
            f"DROP USER MAPPING FOR {who} SERVER {quoted(server)}",
            loses=f"the options of the user mapping {item.identity}",
        )

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered()
