"""What goes with something else that goes, and comes with something else that comes."""

from bot.drafting.layout import ABOUT, PARTS, RELATIONS, Item
from bot.drafting.steps import Around
from bot.drafting.subjects import about, subjects_of


def dropped_with(item: Item, around: Around) -> bool:
    gone = around.gone
    if item.kind in (*PARTS, "default") and _any(RELATIONS, item.home, around):
        return True
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
        subjects = about(item.key)
        return any(subjects & subjects_of(around.current.items[key]) for key in gone)
    return False


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
