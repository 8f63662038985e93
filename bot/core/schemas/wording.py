"""Whether two majors of PostgreSQL mean the same by a definition that they write differently."""

import re
from collections.abc import Sequence

_TOKEN = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\w+|::|[^\s\w]""")
# Of these kinds the attributes that hold a query, or may.
_QUERIES = {
    "view": ("definition",),
    "materialized view": ("definition",),
    "rule": ("definition",),
    "function": ("definition",),
    "procedure": ("definition",),
    "policy": ("using", "with check"),
}
_WITH_BODY = ("function", "procedure")
_PARSED = "BEGIN ATOMIC"


def same_meaning(kind: str, name: str, left: object, right: object) -> bool:
    """Of one attribute. An extension's version is the server's own affair."""
    if left == right or (kind, name) == ("extension", "version"):
        return True
    if name not in _QUERIES.get(kind, ()) or left is None or right is None:
        return False
    texts = str(left), str(right)
    if kind in _WITH_BODY and not all(_PARSED in each for each in texts):
        # Only what the server has parsed is printed by it.
        return False
    return same_query(*texts)


def same_query(left: str, right: str) -> bool:
    """Whether two texts differ in nothing but qualifiers that one has and the other leaves out,
    casts to text, and parentheses. Two that name different tables are different."""
    one, other = _tokens(left), _tokens(right)
    at, to = 0, 0
    while at < len(one) and to < len(other):
        if one[at] == other[to]:
            at, to = at + 1, to + 1
        elif _qualifies(one, at, other, to):
            at += 2
        elif _qualifies(other, to, one, at):
            to += 2
        else:
            return False
    return _done(one, at, other, to) and _done(other, to, one, at)


def _qualifies(longer: Sequence[str], at: int, shorter: Sequence[str], to: int) -> bool:
    """Whether a name and a dot stand before what the other has; also where a column is called as
    its table, and the dot is only come upon behind it."""
    if longer[at + 1 : at + 3] == [".", shorter[to]]:
        return True
    return to > 0 and list(longer[at : at + 2]) == [".", shorter[to - 1]]


def _done(tokens: Sequence[str], at: int, other: Sequence[str], to: int) -> bool:
    left = list(tokens[at:])
    return not left or left == [".", *other[to - 1 : to]]


def _tokens(text: str) -> list[str]:
    found = [each for each in _TOKEN.findall(text) if each not in ("(", ")")]
    return [
        each
        for place, each in enumerate(found)
        if found[place : place + 2] != ["::", "text"]
        and not (place and each == "text" and found[place - 1] == "::")
    ]
