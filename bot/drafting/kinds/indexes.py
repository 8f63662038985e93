"""Indexes, and extended statistics."""

import re
from collections.abc import Iterable, Iterator

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.kinds.constraints import owns_index
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one

_NAME = r'(?:"(?:[^"]|"")*"|[^\s".]+)'
_ONLY = re.compile(rf"^(CREATE (?:UNIQUE )?INDEX {_NAME} ON )ONLY ")
_WITH = re.compile(r" WITH \(((?:\w+='?[^',()]*'?(?:, )?)+)\)")


class Indexes:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        if item.text("valid") and _ONLY.match(item.text("definition")):
            # It waits for those of the partitions.
            yield from one(item.text("definition"))
            return
        if item.text("valid") or item.text("ready"):
            why = "it was left half built, and nobody wants it so"
            yield Undrafted(f"the index {item.identity} is not valid: {why}")
            return
        constraint = around.wanted.items.get(("constraint", item.identity))
        if constraint is not None and owns_index(constraint):
            yield from _options(item, {}, _with(item))
        else:
            # On its partitions, too: those that have the like already have it attached.
            yield from one(_ONLY.sub(r"\1", item.text("definition")), needs=_needs(item))
        yield from _statistics(item, {}, _targets(item))

    def drop(self, item: Item, around: Around) -> Iterator[Step]:
        constraint = around.current.items.get(("constraint", item.identity))
        if constraint is None or not owns_index(constraint):
            yield from one(f"DROP INDEX {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names & {"valid", "ready"}:
            return self._mended(after)
        if "definition" in names and _bare(before) != _bare(after):
            return None
        if "partition of" in names and not after.has("partition of"):
            return altered() if ("attachment", after.home) in around.gone else None
        steps = [*_statistics(after, _targets(before), _targets(after))]
        if "definition" in names:
            steps += _options(after, _with(before), _with(after))
        if "partition of" in names and ("attachment", after.home) not in around.made:
            steps += one(
                f"ALTER INDEX {after.text('partition of')} ATTACH PARTITION {after.called}"
            )
        return altered(steps)

    def _mended(self, after: Item) -> Alteration:
        if after.text("valid") or after.text("ready"):
            why = "nothing makes it so on purpose"
            return altered([Undrafted(f"the index {after.identity} was not valid: {why}")])
        if _ONLY.match(after.text("definition")):
            # It is valid once those of its partitions are attached, and no REINDEX makes it so.
            return altered()
        return altered(one(f"REINDEX INDEX {after.called}", needs=_needs(after)))


def _needs(item: Item) -> str:
    text = item.text("definition")
    return (
        f"no two rows of {item.home} are the same for {item.called}"
        if (text.startswith("CREATE UNIQUE"))
        else ""
    )


def _bare(item: Item) -> str:
    return _WITH.sub("", item.text("definition"))


def _with(item: Item) -> dict[str, str]:
    match = _WITH.search(item.text("definition"))
    pairs = (each.partition("=") for each in match.group(1).split(", ")) if match else ()
    return {name: value for name, _, value in pairs}


def _options(item: Item, old: dict[str, str], new: dict[str, str]) -> Iterator[Step]:
    gone = [quoted(name) for name in old if name not in new]
    fresh = [f"{quoted(name)} = {value}" for name, value in new.items() if old.get(name) != value]
    if gone:
        yield from one(f"ALTER INDEX {item.called} RESET ({', '.join(gone)})")
    if fresh:
        yield from one(f"ALTER INDEX {item.called} SET ({', '.join(fresh)})")


def _targets(item: Item) -> dict[str, str]:
    pairs = (each.partition("=") for each in item.text("statistics").split(", ") if each)
    return {number: value for number, _, value in pairs}


def _statistics(item: Item, old: dict[str, str], new: dict[str, str]) -> Iterator[Step]:
    for number in sorted({*old, *new}):
        if old.get(number) != new.get(number):
            value = new.get(number, "-1")
            yield from one(
                f"ALTER INDEX {item.called} ALTER COLUMN {int(number)} SET STATISTICS {int(value)}"
            )


class Statistics:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        yield from one(item.text("definition"))
        if item.text("target"):
            yield from self._target(item)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP STATISTICS {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self._target(after)) if changed(before, after) == {"target"} else None

    def _target(self, item: Item) -> Iterable[Step]:
        value = int(item.text("target") or -1)
        return one(f"ALTER STATISTICS {item.called} SET STATISTICS {value}")
