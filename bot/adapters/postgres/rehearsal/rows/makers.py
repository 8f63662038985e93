"""How values are written as SQL from a number: the same number is always the same value."""

# ruff: noqa: S608 - queries are made of numbers and of names in a catalogue, and run as who owns them

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

ENDLESS = 10**15
USUAL_WIDTH = 16
# Up to here text is one hash over and over; longer text would be compressed to nothing.
_REPEATED = 256

Write = Callable[[str], str]


@dataclass(frozen=True)
class Maker:
    """`write` gives the SQL for the value of a number, itself SQL for a bigint.

    Numbers below `capacity` have values of their own. `width` is about how many bytes one takes.
    """

    write: Write
    capacity: int = ENDLESS
    width: int = 8


def literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"E'{doubled}'".replace("\\", "\\\\") if "\\" in text else f"'{doubled}'"


def listed(values: Sequence[str], type_name: str, *, width: int = 8) -> Maker:
    """One of some values, given as SQL."""
    if len(values) == 1:
        return Maker(lambda _: f"CAST({values[0]} AS {type_name})", 1, width)
    among = f"(ARRAY[{', '.join(values)}]::{type_name}[])"
    count = len(values)
    return Maker(lambda number: f"{among}[1 + ({number}) % {count}]", count, width)


def text(width: int, type_name: str = "text") -> Maker:
    """Text of that many characters: the number, and a hash to fill up."""
    if width < 12:
        # Hexadecimal, so that a short column has as many values as it can.
        return Maker(
            cast(lambda n: f"right(lpad(to_hex({n}), {width}, '0'), {width})", type_name),
            min(ENDLESS, 16**width),
            width + 1,
        )

    def write(number: str) -> str:
        return f"left(({number})::text || '-' || {_hashes(number, width)}, {width})"

    return Maker(cast(write, type_name), min(ENDLESS, 10 ** (width - 1)), width + 1)


def _hashes(number: str, width: int) -> str:
    pieces = -(-width // 32)
    if width <= _REPEATED:
        once = f"md5(({number})::text)"
        return once if pieces == 1 else f"repeat({once}, {pieces})"
    return (
        f"(SELECT string_agg(md5(({number})::text || piece), '') "
        f"FROM generate_series(1, {pieces}) AS piece)"
    )


def cast(write: Write, type_name: str) -> Write:
    return lambda number: f"CAST({write(number)} AS {type_name})"


def numeric(modifier: int) -> Maker:
    if modifier < 4:
        return Maker(lambda n: f"(({n})::numeric / 100)", ENDLESS, 8)
    # pg_attribute keeps precision and scale in one number; a scale may be negative from 15 on.
    precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    scale = (scale ^ 1024) - 1024
    capacity = min(ENDLESS, 10**precision)
    digits = f"{10**scale}::numeric" if scale > 0 else "1"
    more = f" * {10**-scale}::numeric" if scale < 0 else ""
    return Maker(lambda n: f"((({n}) % {capacity})::numeric / {digits}{more})", capacity, 8)


def bits(name: str, modifier: int) -> Maker:
    length = modifier if modifier > 0 else (64 if name == "varbit" else 1)
    capacity = 2 ** min(length, 48)
    kept = min(length, 64)
    padding = f" || repeat('0', {length - kept})::varbit" if length > kept else ""
    return Maker(lambda n: f"(({n})::bigint::bit({kept}){padding})", capacity, 8 + length // 8)


def _bytes(width: int) -> Maker:
    return Maker(
        lambda n: (
            f"decode(left(lpad(to_hex({n}), 16, '0') || {_hashes(n, 2 * width)}, "
            f"{2 * max(8, width)}), 'hex')"
        ),
        width=max(8, width) + 1,
    )


def _json(name: str) -> Callable[[int], Maker]:
    def make(width: int) -> Maker:
        filler = text(max(4, width - 24)).write
        return Maker(
            lambda n: f"CAST({name}_build_object('number', {n}, 'note', {filler(n)}) AS {name})",
            width=width + 8,
        )

    return make


def of_text(type_name: str, before: str = "", *, width: int = 16) -> Maker:
    return Maker(lambda n: f"CAST('{before}' || ({n})::text AS {type_name})", width=width)


def _hex(type_name: str, digits: int) -> Maker:
    return Maker(
        lambda n: f"CAST(lpad(to_hex({n}), {digits}, '0') AS {type_name})",
        min(ENDLESS, 16**digits),
        digits // 2,
    )


def _time(type_name: str, step: str = "7 seconds") -> Maker:
    start = "timestamptz '2022-01-01 00:00:00+00'"
    # As far as 2022-01-01 plus 7 s each goes before the year 10000.
    return Maker(
        lambda n: f"CAST({start} + ({n}) * interval '{step}' AS {type_name})", 30_000_000_000
    )


def of_day(type_name: str, step: str, steps: int) -> Maker:
    return Maker(
        lambda n: f"CAST(time '00:00' + (({n}) % {steps}) * interval '{step}' AS {type_name})",
        steps,
    )


def _point(number: str) -> str:
    return f"point({number}, ({number}) % 997)"


WIDE: Mapping[str, Callable[[int], Maker]] = {
    "bytea": _bytes,
    "json": _json("json"),
    "jsonb": _json("jsonb"),
}
PLAIN: Mapping[str, Maker] = {
    "bool": Maker(lambda n: f"(({n}) % 2 = 1)", 2, 1),
    "int2": Maker(lambda n: f"CAST(({n}) % 32768 AS int2)", 32_768, 2),
    "int4": Maker(lambda n: f"CAST(({n}) % 2147483648 AS int4)", 2**31, 4),
    "int8": Maker(lambda n: f"CAST({n} AS int8)"),
    "float4": Maker(lambda n: f"CAST(({n}) % 16777216 AS float4)", 2**24, 4),
    "float8": Maker(lambda n: f"(({n})::float8 / 2)"),
    "money": Maker(lambda n: f"CAST({n} AS money)"),
    "uuid": Maker(lambda n: f"CAST(md5(({n})::text) AS uuid)", width=16),
    "date": Maker(lambda n: f"(date '2000-01-01' + (({n}) % 2000000)::int)", 2_000_000, 4),
    "timestamp": _time("timestamp"),
    "timestamptz": _time("timestamptz"),
    "time": of_day("time", "1 millisecond", 86_400_000),
    "timetz": of_day("timetz", "1 millisecond", 86_400_000),
    "interval": Maker(lambda n: f"(({n}) * interval '1 second')", width=16),
    "inet": Maker(lambda n: f"(inet '10.0.0.0' + ({n}) % 16777216)", 2**24),
    "cidr": Maker(
        lambda n: f"CAST(set_masklen(inet '10.0.0.0' + ({n}) % 16777216, 32) AS cidr)", 2**24
    ),
    "macaddr": _hex("macaddr", 12),
    "macaddr8": _hex("macaddr8", 16),
    "oid": Maker(lambda n: f"CAST(({n}) % 4294967296 AS oid)", 2**32, 4),
    "xid8": of_text("xid8"),
    "char": Maker(lambda n: f'CAST(chr(33 + (({n}) % 90)::int) AS "char")', 90, 1),
    "pg_lsn": Maker(lambda n: f"CAST('0/' || to_hex(({n}) % 4294967296) AS pg_lsn)", 2**32),
    "point": Maker(_point, width=16),
    "line": Maker(lambda n: f"line({_point(n)}, point(({n}) + 1, -1))", width=24),
    "lseg": Maker(lambda n: f"lseg({_point(n)}, point(({n}) + 1, -1))", width=32),
    "box": Maker(lambda n: f"box(point(2 * ({n}), 0), point(2 * ({n}) + 1, 1))", width=32),
    "path": Maker(lambda n: f"CAST('((0,0),(' || ({n})::text || ',1))' AS path)", width=48),
    "polygon": Maker(
        lambda n: f"CAST(box(point(2 * ({n}), 0), point(2 * ({n}) + 1, 1)) AS polygon)", width=120
    ),
    "circle": Maker(lambda n: f"circle(point(3 * ({n}), 0), 1)", width=24),
    "tsvector": Maker(lambda n: f"array_to_tsvector(ARRAY['word', 'w' || ({n})::text])", width=32),
    "tsquery": of_text("tsquery", "w", width=24),
    "xml": Maker(lambda n: f"xmlelement(name number, {n})", width=32),
    "jsonpath": of_text("jsonpath", "$.a", width=24),
    "regclass": Maker(lambda _: "CAST('pg_catalog.pg_class' AS regclass)", 1, 4),
}
