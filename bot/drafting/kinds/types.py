"""Enums, domains, composite types and ranges."""

from collections.abc import Iterable, Iterator

from bot.drafting.item import Item
from bot.drafting.kinds.swapping import columns_with, swapped, users_besides
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, changed, one
from bot.drafting.text import first_name, listed


class _Types:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return one(definition(item))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        word = "DOMAIN" if item.kind == "domain" else "TYPE"
        return one(f"DROP {word} {item.called}")

    def _replaced(self, before: Item, after: Item, around: Around) -> Alteration | None:
        """None, to be dropped and created, if nothing of a table is of it."""
        columns = columns_with(before, around)
        blocked = users_besides(before, around)
        if blocked:
            why = f"{before.kind} {before.identity} differs, and {blocked} is made of it"
            return altered([Undrafted(why)])
        return swapped(before, after, columns, definition(after)) if columns else None


class Enums(_Types):
    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        old, new = listed(before.text("labels")), listed(after.text("labels"))
        if [each for each in new if each in old] == old:
            added = [each for each in new if each not in old]
            if not _used(added, after, around):
                return altered(_added(after, old, new))
        if len(old) == len(new) and (pairs := _renamed(old, new)):
            return altered(_renaming(after, pairs))
        found = self._replaced(before, after, around)
        gone = [each for each in old if each not in new]
        return found and _needing(found, gone, columns_with(before, around))


def _added(enum: Item, old: list[str], new: list[str]) -> Iterator[Step]:
    for at, label in enumerate(new):
        if label in old:
            continue
        if at:
            place = f" AFTER {new[at - 1]}" if at < len(new) - 1 else ""
        else:
            place = f" BEFORE {old[0]}" if old else ""
        yield from one(f"ALTER TYPE {enum.called} ADD VALUE {label}{place}")


def _used(labels: list[str], enum: Item, around: Around) -> bool:
    """Whether something to be made says one of the new labels, which it may not before the end of
    the transaction."""
    texts = [
        str(value)
        for item in around.wanted.items.values()
        if item.key != enum.key and enum.key in item.needs | _types_of(item, around)
        for value in item.values.values()
    ]
    return any(f"{label}::{enum.called}" in text for label in labels for text in texts)


def _types_of(item: Item, around: Around) -> frozenset[tuple[str, str]]:
    """What its columns are of."""
    found: frozenset[tuple[str, str]] = frozenset()
    for key in item.needs:
        if key[0] == "column" and key in around.wanted.items:
            found |= around.wanted.items[key].needs
    return found


def _renamed(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return pairs if all(a not in new and b not in old for a, b in pairs) else []


def _renaming(enum: Item, pairs: list[tuple[str, str]]) -> Iterator[Step]:
    for old, new in pairs:
        said = f"whether a row of {enum.identity} had {old} or {new}"
        yield from one(f"ALTER TYPE {enum.called} RENAME VALUE {old} TO {new}", loses=said)


def _needing(found: Alteration, gone: list[str], columns: list[Item]) -> Alteration:
    if not gone:
        return found
    names = ", ".join(each.identity for each in columns)
    needs = f"no row has {' or '.join(gone)} in {names}"
    steps = [
        one(step.sql, loses=step.loses, needs=needs)[0]
        if not isinstance(step, Undrafted) and " USING " in step.sql
        else step
        for step in found.steps
    ]
    return altered(steps, disturbs=found.disturbs)


class Domains(_Types):
    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names & {"type", "collation"}:
            return self._replaced(before, after, around)
        start = f"ALTER DOMAIN {after.called} "
        steps: list[Step] = []
        if "default" in names:
            has = after.has("default")
            steps += one(
                f"{start}SET DEFAULT {after.text('default')}" if has else f"{start}DROP DEFAULT"
            )
        if "not null" in names:
            has = after.has("not null")
            needs = f"no row has NULL in a column of {after.identity}" if has else ""
            steps += one(f"{start}{'SET' if has else 'DROP'} NOT NULL", needs=needs)
        return altered(steps, _checks(before, after, start))


def _checks(before: Item, after: Item, start: str) -> Iterator[Step]:
    old, new = (dict(map(first_name, listed(each.text("constraints")))) for each in (before, after))
    for name in sorted(old):
        if new.get(name) != old[name]:
            yield from one(f"{start}DROP CONSTRAINT {name}")
    for name in sorted(new):
        if old.get(name) != new[name]:
            needs = "" if "NOT VALID" in new[name] else f"every row of {after.identity} fulfils it"
            yield from one(f"{start}ADD CONSTRAINT {name} {new[name]}", needs=needs)


class Composites(_Types):
    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        old = dict(map(first_name, listed(before.text("attributes"))))
        new = dict(map(first_name, listed(after.text("attributes"))))
        start = f"ALTER TYPE {after.called} "
        kept = {name: text for name, text in old.items() if new.get(name) == text}
        if list(new)[: len(kept)] != list(kept):
            return self._replaced(before, after, around)
        dropped = [name for name in old if name not in kept]
        retyped = [name for name in dropped if name in new]
        if retyped:
            return self._replaced(before, after, around)
        return altered(
            (
                one(f"{start}DROP ATTRIBUTE {name}", loses=f"{name} of {after.identity}")[0]
                for name in dropped
            ),
            (one(f"{start}ADD ATTRIBUTE {name} {new[name]}")[0] for name in new if name not in old),
        )


class Others(_Types):
    """Ranges. A type of somebody's own in C is out of reach."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if item.text("created by"):
            return one(definition(item))
        return [Undrafted(f"{item.kind} {item.identity} cannot be told from the catalogue")]

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return self._replaced(before, after, around)


def definition(item: Item) -> str:
    if item.kind == "enum":
        return f"CREATE TYPE {item.called} AS ENUM ({item.text('labels')})"
    if item.kind == "composite type":
        return f"CREATE TYPE {item.called} AS ({item.text('attributes')})"
    if item.kind == "domain":
        return _domain(item)
    return item.text("created by")


def _domain(item: Item) -> str:
    words = [f"CREATE DOMAIN {item.called} AS {item.text('type')}"]
    if item.has("collation"):
        words.append(f"COLLATE {item.text('collation')}")
    if item.text("default"):
        words.append(f"DEFAULT {item.text('default')}")
    if item.has("not null"):
        words.append("NOT NULL")
    words += [f"CONSTRAINT {each}" for each in listed(item.text("constraints"))]
    return " ".join(words)
