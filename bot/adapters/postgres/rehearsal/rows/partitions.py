"""Where the rows of a partitioned table may go: its partitions, and values inside their bounds."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.adapters.postgres.rehearsal.rows.makers import ENDLESS, Maker, listed, literal
from bot.adapters.postgres.rehearsal.rows.tables import Partition, Table, Type

_RANGE = re.compile(r"FOR VALUES FROM \((.*)\) TO \((.*)\)$", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((.*)\)$", re.DOTALL)
_ITEM = re.compile(r"'(?:[^']|'')*'|[^',\s][^',]*")
_INTEGERS = ("int2", "int4", "int8", "numeric", "float4", "float8", "oid")
_TEXTS = ("text", "varchar", "bpchar")
_HASH = "h"
# How far values go where a bound is MINVALUE or MAXVALUE.
_OPEN = 1_000_000


@dataclass(frozen=True)
class Part:
    """Partitions that get rows of their own. `rule` is the condition that such rows meet, `makers`
    write values that are likely to."""

    name: str
    rule: str | None = None
    makers: Mapping[str, Maker] = field(default_factory=dict)


def parts(table: Table, type_of: Callable[[str], Type]) -> tuple[Part, ...]:
    """Just one without a rule for a table that is not partitioned, or by the hash of its key."""
    if not table.partitions:
        return (Part(table.relation),)
    top = table.partitions[0]
    return tuple(_below(top, table.partitions, {}, type_of))


def _below(
    node: Partition,
    every: Sequence[Partition],
    makers: Mapping[str, Maker],
    type_of: Callable[[str], Type],
) -> Iterator[Part]:
    children = [each for each in every if each.parent == node.oid and each.oid != node.oid]
    if node.leaf or node.strategy == _HASH:
        if not node.foreign and (node.leaf or children):
            yield Part(node.name, node.rule, makers)
        return
    for child in children:
        yield from _below(child, every, {**makers, **_inside(node, child, type_of)}, type_of)


def _inside(
    parent: Partition, child: Partition, type_of: Callable[[str], Type]
) -> dict[str, Maker]:
    """Makers for the columns that the child's bounds are about, as far as they can be read."""
    bound = child.bound or ""
    listing, ranging = _LIST.match(bound), _RANGE.match(bound)
    if listing and parent.key[:1] and parent.key[0]:
        values = [each for each in _items(listing[1]) if each != "NULL"]
        if values:
            return {parent.key[0]: listed(values, type_of(parent.key[0]).quoted)}
    if ranging:
        return dict(_ranges(parent.key, _items(ranging[1]), _items(ranging[2]), type_of))
    return {}


def _ranges(
    key: Sequence[str | None],
    lows: Sequence[str],
    highs: Sequence[str],
    type_of: Callable[[str], Type],
) -> Iterator[tuple[str, Maker]]:
    """Column by column, up to the first in which the bounds differ: the rest is free."""
    for name, low, high in zip(key, lows, highs, strict=False):
        if name is None:
            return
        found = type_of(name)
        if low == high:
            yield name, listed([low], found.quoted)
            continue
        maker = _between(_bare(low), _bare(high), found)
        if maker is not None:
            yield name, maker
        return


def _items(text: str) -> list[str]:
    return [each.strip() for each in _ITEM.findall(text)]


def _bare(item: str) -> str | None:
    """The value of a bound; None if there is no bound."""
    if item in ("MINVALUE", "MAXVALUE"):
        return None
    return item[1:-1].replace("''", "'") if item.startswith("'") else item


def _between(low: str | None, high: str | None, found: Type) -> Maker | None:
    """From `low` on and below `high`."""
    if found.name in _INTEGERS:
        return _of_numbers(low, high, found.quoted)
    if found.name in ("date", "timestamp", "timestamptz"):
        return _of_times(low, high, found.quoted)
    start = literal(low or "")
    if found.name in _TEXTS:
        return Maker(lambda n: f"CAST({start} || ({n})::text AS {found.quoted})", ENDLESS, 16)
    return listed([start], found.quoted) if low is not None else None


def _of_numbers(low: str | None, high: str | None, type_name: str) -> Maker | None:
    try:
        last = int(float(high)) if high is not None else None
        first = int(float(low)) if low is not None else (last or 0) - _OPEN
    except (ValueError, OverflowError):
        return None
    span = max(1, (last - first) if last is not None else ENDLESS)
    return Maker(lambda n: f"CAST({first} + ({n}) % {span} AS {type_name})", span)


def _of_times(low: str | None, high: str | None, type_name: str) -> Maker | None:
    """In steps of a day for a date, and of a second for others."""
    step, name = (86_400, "1 day") if type_name.endswith("date") else (1, "1 second")
    try:
        last = _moment(high) if high is not None else None
        first = _moment(low) if low is not None else None
    except ValueError:
        return None
    if first is None and last is None:
        return None
    whole = (last - first).total_seconds() if first and last else 365 * 86_400
    span = max(1, int(whole) // step)
    start = literal(low) if low is not None else f"{literal(high or '')}"
    back = f" - {span} * interval '{name}'" if low is None else ""
    return Maker(
        lambda n: (
            f"CAST(CAST({start} AS {type_name}){back} + (({n}) % {span}) * "
            f"interval '{name}' AS {type_name})"
        ),
        span,
    )


def _moment(text: str) -> datetime:
    """As PostgreSQL writes it, less its time zone, which is UTC in this session."""
    return datetime.fromisoformat(text[:19])
