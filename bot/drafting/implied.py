"""What goes with something else that goes, and comes with something else that comes."""

from bot.drafting.item import ABOUT, PARTS, RELATIONS, Item, Key
from bot.drafting.steps import Around


def dropped_with(item: Item, around: Around) -> bool:
    gone = around.gone
    if item.kind in (*PARTS, "default") and _any(RELATIONS, item.home, around):
        return not _in_a_circle(item, around)
    if item.kind == "default":
        return ("column", item.identity) in gone
    if item.kind in ("attachment", "clustering", "replica identity"):
        tables = _any(RELATIONS, item.identity, around)
        return tables or (item.kind == "clustering" and bool(item.needs & gone))
    if item.kind == "ownership":
        return ("sequence", item.identity) in gone
    if item.kind == "sequence":
        return _with_its_column(item, around)
    if item.kind == "index" and item.has("partition of"):
        above = around.current.called.get(item.text("partition of"))
        return above is not None and above.key in gone
    if item.kind in ABOUT:
        return bool(item.needs & gone)
    return False


def carrier(item: Item, around: Around, there: frozenset[Key]) -> Key | None:
    """Whose statement drops or makes it, too: its relation's, or a default's column's."""
    if item.kind in ("attachment", "clustering", "replica identity"):
        kinds, home = RELATIONS, item.identity
    elif item.kind in (*PARTS, "default"):
        kinds, home = RELATIONS, item.home
    else:
        return None
    found = next(((kind, home) for kind in kinds if (kind, home) in there), None)
    column = ("column", item.identity)
    return found or (column if item.kind == "default" and column in there else None)


def _in_a_circle(item: Item, around: Around) -> bool:
    """Whether it is the key of a table to one that has a key back to it, by others or itself."""
    if not item.text("definition").startswith("FOREIGN KEY"):
        return False
    goal, left = item.home, sorted(_referenced(item, around) - {item.home})
    seen = set(left)
    while left:
        table = left.pop()
        if table == goal:
            return True
        for part in around.current.by_table.get(table, ()):
            more = _referenced(part, around) - seen
            seen |= more
            left += more
    return False


def _referenced(item: Item, around: Around) -> set[str]:
    """The dropped tables that a foreign key leads to."""
    if not item.text("definition").startswith("FOREIGN KEY"):
        return set()
    columns = (around.current.items.get(key) for key in item.needs if key[0] == "column")
    homes = {each.home for each in columns if each}
    return {home for home in homes - {item.home} if _any(RELATIONS, home, around)}


def _any(kinds: tuple[str, ...], identity: str, around: Around) -> bool:
    return any((kind, identity) in around.gone for kind in kinds)


def _with_its_column(item: Item, around: Around) -> bool:
    owner = around.current.items.get(("ownership", item.identity))
    column = around.current.columns.get(owner.text("owned by")) if owner else None
    if column is None:
        return False
    return column.key in around.gone or _any(RELATIONS, column.home, around)


def created_with(item: Item, around: Around) -> bool:
    return item.kind == "column" and any((kind, item.home) in around.made for kind in RELATIONS)
