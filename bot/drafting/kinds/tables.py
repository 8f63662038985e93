"""Tables, what they inherit from, and where a partition stands."""

from collections.abc import Iterable, Iterator

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.kinds.columns import column_words, settings
from bot.drafting.steps import Alteration, Around, Step, altered, changed, one
from bot.drafting.text import listed, literal, options, path, written


class Tables:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        columns = around.wanted.columns_of(item)
        own = [each for each in columns if not _taken_over(each, item, around)]
        if item.has("of type"):
            lines = [_of_type(each) for each in own]
        else:
            lines = [f"    {column_words(each, around)}" for each in own]
        yield from one(_create(item, [each for each in lines if each]))
        for each in own:
            yield from settings(each)
        yield from _security(item)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        word = "FOREIGN TABLE" if item.kind == "foreign table" else "TABLE"
        empty = item.kind == "foreign table" or item.has("partitioned by")
        count = len(around.current.columns_of(item))
        rows = f"the rows of {item.identity} ({count} column{'s' * (count != 1)})"
        return one(f"DROP {word} {item.called}", loses="" if empty else rows)

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if "partitioned by" in names:
            return None
        if "server" in names and _server(before)[0] != _server(after)[0]:
            return None
        return altered(_altered(before, after, names))


def _taken_over(column: Item, table: Item, around: Around) -> bool:
    """Whether the table has it from what it inherits. A partition is made by itself, first."""
    return column.has("taken over") and ("attachment", table.identity) not in around.wanted.items


def _create(item: Item, lines: list[str]) -> str:
    words = ["CREATE"]
    words += ["UNLOGGED"] if item.has("persistence") else []
    words.append("FOREIGN TABLE" if item.kind == "foreign table" else "TABLE")
    body = "(\n" + ",\n".join(lines) + "\n)" if lines else "()"
    if item.has("of type"):
        body = f"OF {item.text('of type')} {body if lines else ''}".rstrip()
    return " ".join([*words, item.called, body, *_ending(item)])


def _ending(item: Item) -> Iterator[str]:
    if item.has("inherits"):
        yield f"INHERITS ({item.text('inherits')})"
    if item.has("partitioned by"):
        yield f"PARTITION BY {item.text('partitioned by')}"
    if item.has("server"):
        server, given = _server(item)
        yield f"SERVER {quoted(server)}"
        if given:
            yield f"OPTIONS ({foreign(given)})"
    if item.has("access method"):
        yield f"USING {quoted(item.text('access method'))}"
    if given := _storage(item):
        yield f"WITH ({written(given)})"


def _of_type(column: Item) -> str:
    return f"    {column.called} WITH OPTIONS NOT NULL" if column.has("not null") else ""


def _server(item: Item) -> tuple[str, dict[str, str]]:
    name, _, given = item.text("server").partition(" {")
    return name, options("{" + given) if given else {}


def foreign(given: dict[str, str], word: str = "") -> str:
    return ", ".join(f"{word}{quoted(name)} {literal(value)}" for name, value in given.items())


def _security(item: Item) -> Iterator[Step]:
    start = f"ALTER TABLE {item.called} "
    if item.has("row level security"):
        yield from one(f"{start}ENABLE ROW LEVEL SECURITY")
    if item.has("forced row level security"):
        yield from one(f"{start}FORCE ROW LEVEL SECURITY")


_SWITCHES = {
    "persistence": ("SET UNLOGGED", "SET LOGGED"),
    "row level security": ("ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"),
    "forced row level security": ("FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"),
}


def _altered(before: Item, after: Item, names: set[str]) -> Iterator[Step]:
    word = "FOREIGN TABLE" if after.kind == "foreign table" else "TABLE"
    start = f"ALTER {word} {after.called} "
    for name, (on, off) in _SWITCHES.items():
        if name in names:
            yield from one(start + (on if after.has(name) else off))
    if "access method" in names:
        yield from one(f"{start}SET ACCESS METHOD {quoted(after.text('access method') or 'heap')}")
    if names & {"options", "toast options"}:
        yield from changed_options(start, _storage(before), _storage(after))
    if "inherits" in names:
        yield from _inheritance(start, before, after)
    if "of type" in names:
        of = after.text("of type")
        yield from one(f"{start}OF {of}" if of else f"{start}NOT OF")
    if "server" in names:
        yield from foreign_changes(start, _server(before)[1], _server(after)[1])


def _storage(item: Item) -> dict[str, str]:
    toast = options(item.text("toast options"))
    given = {f"toast.{name}": value for name, value in toast.items()}
    return options(item.text("options")) | given


def option_changes(start: str, before: Item, after: Item) -> Iterator[Step]:
    old, new = options(before.text("options")), options(after.text("options"))
    return changed_options(start, old, new)


def changed_options(start: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Step]:
    gone = [path(*name.split(".")) for name in old if name not in new]
    fresh = {name: value for name, value in new.items() if old.get(name) != value}
    if gone:
        yield from one(f"{start}RESET ({', '.join(gone)})")
    if fresh:
        yield from one(f"{start}SET ({written(fresh)})")


def foreign_changes(start: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Step]:
    words = [f"DROP {quoted(name)}" for name in old if name not in new]
    fresh = {name: value for name, value in new.items() if name not in old}
    other = {name: value for name, value in new.items() if old.get(name, value) != value}
    words += [foreign({name: value}, "ADD ") for name, value in fresh.items()]
    words += [foreign({name: value}, "SET ") for name, value in other.items()]
    yield from one(f"{start}OPTIONS ({', '.join(words)})")


def _inheritance(start: str, before: Item, after: Item) -> Iterator[Step]:
    old, new = listed(before.text("inherits")), listed(after.text("inherits"))
    for each in old:
        if each not in new:
            yield from one(f"{start}NO INHERIT {each}")
    for each in new:
        if each not in old:
            yield from one(f"{start}INHERIT {each}")


class Attachments:
    """A partition's place in its table."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        bound = item.text("partition")
        needs = (
            ""
            if ("table", item.identity) in around.made
            else (f"the rows of {item.identity} are {bound}")
        )
        return one(
            f"ALTER TABLE {item.text('inherits')} ATTACH PARTITION {item.called} {bound}",
            needs=needs,
        )

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER TABLE {item.text('inherits')} DETACH PARTITION {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return None


class Clusterings:
    """Which index a table's rows are put in the order of."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER TABLE {item.text('part of')} CLUSTER ON {item.text('index')}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER TABLE {item.text('part of')} SET WITHOUT CLUSTER")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self.create(after, around))


class ReplicaIdentities:
    """What tells a row in what is replicated."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        start = f"ALTER TABLE {item.text('part of')} REPLICA IDENTITY "
        if item.text("mode") == "i":
            # Without one it was dropped, and that is all there is to it.
            index = item.text("index")
            return one(f"{start}USING INDEX {index}") if index else ()
        return one(start + {"f": "FULL", "n": "NOTHING"}[item.text("mode")])

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER TABLE {item.text('part of')} REPLICA IDENTITY DEFAULT")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self.create(after, around))
