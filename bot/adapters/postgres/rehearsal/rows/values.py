"""How values of each of PostgreSQL's types are made, also of those that a history declares."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.postgres.rehearsal.rows.makers import (
    PLAIN,
    USUAL_WIDTH,
    WIDE,
    Maker,
    bits,
    cast,
    listed,
    literal,
    numeric,
    of_day,
    of_text,
    text,
)
from bot.adapters.postgres.rehearsal.rows.tables import Type

LONGEST = 100_000


@dataclass(frozen=True)
class Types:
    """The types that there are. `maker` finds out how values of one are made."""

    known: Mapping[int, Type]

    def bare(self, oid: int, modifier: int) -> tuple[Type, int]:
        """What a domain is in the end a domain over; any other type is itself."""
        found = self.known[oid]
        while found.kind == "d":
            modifier = found.modifier if modifier < 0 else modifier
            found = self.known[found.base]
        return found, modifier

    def checks(self, oid: int) -> tuple[str, ...]:
        """The conditions of a domain, and of what it is a domain over; they say VALUE."""
        found, checks = self.known[oid], list[str]()
        while found.kind == "d":
            checks += found.checks
            found = self.known[found.base]
        return tuple(checks)

    def not_null(self, oid: int) -> bool:
        found = self.known[oid]
        return found.kind == "d" and (found.not_null or self.not_null(found.base))

    def maker(self, oid: int, modifier: int, *, width: int | None = None) -> Maker | None:
        """None if we do not know how to write a value of it."""
        found, modifier = self.bare(oid, modifier)
        if found.labels:
            return listed([literal(each) for each in found.labels], found.quoted, width=4)
        if found.element is not None:
            return self._array(found, modifier, width)
        if found.kind in ("r", "m"):
            return self._range(found)
        if found.kind == "c":
            return self._composite(found)
        if found.name in _TEXTS:
            return text(min(width or USUAL_WIDTH, _longest(found.name, modifier)), found.quoted)
        if found.name == "numeric":
            return numeric(modifier)
        if found.name in ("time", "timetz") and 0 <= modifier < 3:
            return of_day(found.name, "1 second", 86_400)
        if found.name in ("bit", "varbit"):
            return bits(found.name, modifier)
        if found.name in WIDE:
            return WIDE[found.name](width or USUAL_WIDTH)
        if not found.built_in:
            return _of_extension(found, modifier)
        return PLAIN.get(found.name)

    def _array(self, found: Type, modifier: int, width: int | None) -> Maker | None:
        assert found.element is not None
        element = self.maker(found.element, modifier, width=max(12, ((width or 0) - 24) // 2))
        if element is None:
            return None

        def write(number: str) -> str:
            return f"ARRAY[{element.write(number)}, {element.write(f'({number}) / 2')}]"

        return Maker(cast(write, found.quoted), element.capacity, 24 + 2 * element.width)

    def _range(self, found: Type) -> Maker | None:
        """One beside the other, so that no two of them overlap."""
        if found.kind == "m":
            one = self.maker(found.range or 0, -1)
            if one is None:
                return None
            return Maker(lambda number: f"{found.quoted}({one.write(number)})", one.capacity, 24)
        bound = self.maker(found.subtype or 0, -1)
        if bound is None:
            return None

        def write(number: str) -> str:
            low, high = bound.write(f"({number}) * 2"), bound.write(f"({number}) * 2 + 1")
            return f"{found.quoted}({low}, {high})"

        return Maker(write, bound.capacity // 2, 20)

    def _composite(self, found: Type) -> Maker | None:
        makers = [self.maker(oid, modifier) for oid, modifier in found.fields]
        known = [each for each in makers if each is not None]
        if len(known) < len(makers):
            return None

        def write(number: str) -> str:
            return f"ROW({', '.join(each.write(number) for each in known)})"

        capacity = max((each.capacity for each in known), default=1)
        return Maker(cast(write, found.quoted), capacity, 24 + sum(each.width for each in known))


def _longest(name: str, modifier: int) -> int:
    if name in ("varchar", "bpchar") and modifier > 4:
        return modifier - 4
    return 63 if name == "name" else LONGEST


def _of_extension(found: Type, modifier: int) -> Maker | None:
    if found.name == "hstore":
        return of_text(found.quoted, "number=>", width=24)
    if found.name == "ltree":
        return of_text(found.quoted, "a")
    if found.name == "vector":
        others = "0.5," * (max(1, modifier) - 1)
        return Maker(
            lambda n: f"CAST('[{others}' || ({n})::text || ']' AS {found.quoted})",
            2**24,
            4 * max(1, modifier),
        )
    return None


_TEXTS = ("text", "varchar", "bpchar", "citext", "name")
