"""Deep SQL, read in a process of its own: a crash of the parser would end the one that tests it.

python -m tests.sql.deep THREAD SIZE…    a thread's stack in bytes or 0, and sizes of texts
"""

import sys
import threading
from collections.abc import Iterator

from bot.sql.parse import parse

# What stands innermost; what is put before it so many times; what as many times behind it.
NESTED = (
    ("1", "(", ")"),
    ("1", "ARRAY[", "]"),
    ("1", "f(", ")"),
    ("1", "CASE WHEN a THEN ", " END"),
    ("1", "(SELECT ", ")"),
    ("1", "CAST(", " AS int)"),
    ("1", "ROW(", ")"),
    ("a", "NOT ", ""),
    ("1", "- ", ""),
    ("1", "a[", "]"),
    ("1", "EXISTS(SELECT ", ")"),
    ("1", "a IN (", ")"),
    ("1", "COALESCE(", ")"),
    ("SELECT 1", "(SELECT 1 UNION ", ")"),
    ("1", "a::varchar(", ")"),
    ("a", "count(*) FILTER (WHERE ", ")"),
    ("1", "(SELECT FROM (SELECT ", ") x)"),
    ("'$'", "JSON_VALUE(a, ", ")"),
    ("1", "", "+1"),
    ("'a'", "", "||'a'"),
    ("1", "", "::a"),
    ("a", "", " AND a"),
    ("a", "", "->'b'"),
    ("a", "", " AT TIME ZONE a"),
    ("a", "", ' COLLATE "C"'),
    ("a", "", " IS NULL"),
    ("1::int", "", "[]"),
    ("a", "", "[1]"),
    ("1", "", ",1"),
    ("1", "", " UNION SELECT 1"),
    ("1 FROM a", "", " CROSS JOIN a"),
)


def texts(size: int) -> Iterator[str]:
    """Every construct nested so deeply that the text is about this long."""
    for inner, before, behind in NESTED:
        times = size // len(before + behind)
        yield f"SELECT {before * times}{inner}{behind * times}"
    yield f"SELECT ARRAY{'[' * (size // 2)}1{']' * (size // 2)}"


def read(sizes: list[int]) -> None:
    understood = sum(parse(text).fault is None for size in sizes for text in texts(size))
    sys.stdout.write(f"{understood} understood\n")


if __name__ == "__main__":
    stack, *wanted = map(int, sys.argv[1:])
    if stack:
        threading.stack_size(stack)
        reader = threading.Thread(target=read, args=[wanted])
        reader.start()
        reader.join()
    else:
        read(wanted)
