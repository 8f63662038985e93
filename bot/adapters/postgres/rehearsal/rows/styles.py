"""Ways to write the values of a column, of which one meets its CHECK constraints, with luck.

No constraint is understood: each way is tried out on some numbers, and the server says how many of
the values would pass.
"""

# ruff: noqa: S608 - queries are made of the names in a catalogue, and run as who owns them

import re
from collections.abc import Iterator, Sequence

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.rows.makers import ENDLESS, Maker, Write, listed, literal
from bot.core.quoting import quoted

# Small numbers and great ones, as a column of many rows would have.
_TRIED = (*range(12), 99, 1_000, 54_321, 1_000_000)

_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.])")
_MANY = 200


def styles(maker: Maker, category: str, type_name: str, checks: Sequence[str]) -> Iterator[Maker]:
    """The usual way first. `category` is "text", "number" or anything else."""
    yield maker
    texts = [each.replace("''", "'") for text in checks for each in _TEXT.findall(text)]
    if category == "text":
        yield from _writings(type_name)
    if category == "number":
        yield from _numberings(type_name, _numbers(checks))
    if texts and category != "number":
        yield listed([literal(each) for each in dict.fromkeys(texts)][:_MANY], type_name)


def literals(category: str, type_name: str, checks: Sequence[str]) -> Maker | None:
    """One of the values that the conditions themselves name; None if they name none."""
    if category == "number":
        values = [f"({each})" for each in _numbers(checks)]
    elif category != "text":
        return None
    else:
        texts = [each.replace("''", "'") for text in checks for each in _TEXT.findall(text)]
        values = [literal(each) for each in texts]
    unique = list(dict.fromkeys(values))[:_MANY]
    return listed(unique, type_name) if unique else None


def fitting(
    connection: Connection, column: str, conditions: Sequence[str], ways: Iterator[Maker]
) -> Maker:
    """The first way all of whose values meet the conditions, else the one with most that do."""
    best, most = next(ways), -1
    for way in (best, *ways):
        passed = _passed(connection, column, conditions, way)
        if passed == len(_TRIED):
            return way
        if passed > most:
            best, most = way, passed
    return best


def _passed(connection: Connection, column: str, conditions: Sequence[str], way: Maker) -> int:
    numbers = ", ".join(str(each % way.capacity) for each in _TRIED)
    met = " AND ".join(f"(({each}) IS NOT FALSE)" for each in conditions)
    query = (
        f"SELECT count(*) FILTER (WHERE {met}) FROM (SELECT {way.write('given')} AS "
        f"{quoted(column)} FROM unnest(ARRAY[{numbers}]::bigint[]) AS given OFFSET 0) AS made"
    )
    try:
        row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        # Some of these writings are no values of the type.
        return -1
    return int(row[0]) if row else 0


def _numbers(checks: Sequence[str]) -> list[str]:
    """The numbers that the conditions name, which PostgreSQL writes with or without quotes."""
    plain = [_TEXT.sub(lambda match: match[1], text) for text in checks]
    return [each for text in plain for each in _NUMBER.findall(text)]


def _numberings(type_name: str, named: Sequence[str]) -> Iterator[Maker]:
    def cast(write: Write, capacity: int) -> Maker:
        return Maker(lambda n: f"CAST({write(n)} AS {type_name})", capacity)

    whole = sorted({int(float(each)) for each in named})
    if whole:
        low, high = whole[0], whole[-1]
        span = high - low + 1
        for start, count in (
            (low, span),
            (low + 1, span - 1),
            (low, span - 1),
            (low + 1, span - 2),
        ):
            if count > 0:
                yield cast(_from(start, count), count)
        yield cast(lambda n: f"{high + 1} + ({n}) % 1000000", 10**6)
        yield cast(lambda n: f"{low - 1} - ({n}) % 1000000", 10**6)
    yield cast(lambda n: f"1 + ({n}) % 1000000", 10**6)
    yield cast(lambda n: f"1 + ({n}) % 1000", 1000)
    yield cast(lambda n: f"({n}) % 101", 101)
    yield cast(lambda n: f"({n}) % 2", 2)
    yield cast(lambda n: f"({n}) % 100 / 100.0", 100)
    yield cast(lambda n: f"- ({n}) % 1000000 - 1", 10**6)
    yield listed([f"({each})" for each in dict.fromkeys(named)][:_MANY] or ["0"], type_name)


def _from(start: int, count: int) -> Write:
    return lambda n: f"{start} + ({n}) % {count}"


# {n} is the number.
_WRITINGS = (
    ("'user' || {n} || '@example.org'", ENDLESS),
    ("'https://example.org/' || {n}", ENDLESS),
    ("'a' || {n}", ENDLESS),
    ("'A' || {n}", ENDLESS),
    ("md5({n}::text)", ENDLESS),
    ("md5({n}::text) || md5('x' || {n})", ENDLESS),
    ("'0x' || md5({n}::text) || '00000000'", ENDLESS),
    ("'0x' || md5({n}::text) || md5('x' || {n})", ENDLESS),
    ("md5({n}::text)::uuid::text", ENDLESS),
    ("lpad({n}::text, 10, '0')", 10**10),
    ("{n}::text", ENDLESS),
    ("'+1' || lpad({n}::text, 10, '2')", 10**9),
    ("'+' || (15550000000 + {n})", 10**10),
    ("translate(lpad(to_hex({n}), 12, '0'), '0123456789abcdef', 'abcdefghijklmnop')", 16**12),
    ("translate(lpad(to_hex({n}), 12, '0'), '0123456789abcdef', 'ABCDEFGHIJKLMNOP')", 16**12),
    ("translate(lpad(to_hex({n} % 256), 2, '0'), '0123456789abcdef', 'ABCDEFGHIJKLMNOP')", 256),
    ("translate(lpad(to_hex({n} % 4096), 3, '0'), '0123456789abcdef', 'ABCDEFGHIJKLMNOP')", 4096),
    ("translate(lpad(to_hex({n} % 256), 2, '0'), '0123456789abcdef', 'abcdefghijklmnop')", 256),
    ("translate(lpad(to_hex({n} % 4096), 3, '0'), '0123456789abcdef', 'abcdefghijklmnop')", 4096),
    ("lpad(({n} % 100000)::text, 5, '0')", 10**5),
    ("lpad(({n} % 10000)::text, 4, '0')", 10**4),
    ("'#' || lpad(to_hex({n} % 16777216), 6, '0')", 2**24),
    ("'1.0.' || {n}", ENDLESS),
    ("'/a/' || {n}", ENDLESS),
    ("'a.b' || {n}", ENDLESS),
    ("'A-' || {n}", ENDLESS),
    ("'www' || {n} || '.example.org'", ENDLESS),
    ("(date '2000-01-01' + ({n} % 9000)::int)::text", 9000),
    ("(time '00:00' + ({n} % 1440) * interval '1 minute')::text", 1440),
    ("host(inet '10.0.0.0' + {n} % 16777216)", 2**24),
    ("'{{}}'", 1),
    ("''", 1),
)  # fmt: skip


def _writings(type_name: str) -> Iterator[Maker]:
    for template, capacity in _WRITINGS:
        yield Maker(_written(template, type_name), capacity, 24)


def _written(template: str, type_name: str) -> Write:
    return lambda number: f"CAST({template.format(n=f'({number})')} AS {type_name})"
