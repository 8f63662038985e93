"""Views and materialized views."""

from collections.abc import Iterable, Iterator

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.kinds.tables import option_changes
from bot.drafting.steps import Alteration, Around, Step, altered, changed, one
from bot.drafting.text import first_name, listed, options, written


class Views:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        yield from one(_definition(item, "CREATE VIEW"))
        yield from _defaults({}, _default_of(item), item)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP VIEW {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        old, new = _shape(before), _shape(after)
        if new[: len(old)] != old:
            return None
        steps: list[Step] = []
        if "definition" in names or len(new) > len(old):
            steps += one(_definition(after, "CREATE OR REPLACE VIEW"))
        elif "options" in names:
            steps += option_changes(f"ALTER VIEW {after.called} ", before, after)
        return altered(steps, _defaults(_default_of(before), _default_of(after), after))


def _definition(item: Item, words: str) -> str:
    given = f" WITH ({written(options(item.text('options')))})" if item.has("options") else ""
    return f"{words} {item.called}{given} AS{_query(item)}"


def _query(item: Item) -> str:
    text = item.text("definition").rstrip().removesuffix(";")
    return text if text.startswith((" ", "\n")) else f" {text}"


def _columns(item: Item) -> dict[str, str]:
    return dict(map(first_name, listed(item.text("columns"))))


def _shape(item: Item) -> list[tuple[str, str]]:
    """Names and types, without defaults."""
    return [(name, text.partition(" DEFAULT ")[0]) for name, text in _columns(item).items()]


def _default_of(item: Item) -> dict[str, str]:
    found = ((name, text.partition(" DEFAULT ")[2]) for name, text in _columns(item).items())
    return {name: default for name, default in found if default}


def _defaults(old: dict[str, str], new: dict[str, str], item: Item) -> Iterator[Step]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            start = f"ALTER VIEW {item.called} ALTER COLUMN {name} "
            yield from one(start + (f"SET DEFAULT {new[name]}" if name in new else "DROP DEFAULT"))


class MaterializedViews:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        given = f" USING {quoted(item.text('access method'))}" * item.has("access method")
        given += f" WITH ({written(options(item.text('options')))})" * item.has("options")
        data = " WITH NO DATA" if item.text("populated") else ""
        return one(f"CREATE MATERIALIZED VIEW {item.called}{given} AS{_query(item)}{data}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP MATERIALIZED VIEW {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names - {"options", "populated"}:
            return None
        steps: list[Step] = []
        if "options" in names:
            steps += option_changes(f"ALTER MATERIALIZED VIEW {after.called} ", before, after)
        if "populated" in names:
            data = " WITH NO DATA" if after.text("populated") else ""
            steps += one(f"REFRESH MATERIALIZED VIEW {after.called}{data}")
        return altered(steps)
