"""Which values of one type another takes, and whether it has to be told to."""

import re

_NUMBERS = (
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
)
_TEXTS = ("text", "character varying", "character", "name", "public.citext", "citext")
_TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
_GROUPS = (_NUMBERS, _TEXTS, _TIMES, ("bit", "bit varying"), ("json", "jsonb"))
_FIXED = {*_NUMBERS, *_TIMES, "boolean", "uuid", "name", "interval", "money", "oid", "point"} - {
    "numeric"
}
_SIZED = re.compile(r"\(([\d,-]+)\)")
_WIDER = {
    ("smallint", "integer"),
    ("smallint", "bigint"),
    ("smallint", "numeric"),
    ("integer", "bigint"),
    ("integer", "numeric"),
    ("integer", "double precision"),
    ("smallint", "real"),
    ("smallint", "double precision"),
    ("bigint", "numeric"),
    ("real", "double precision"),
    ("date", "timestamp without time zone"),
    ("json", "text"),
    ("jsonb", "text"),
    ("jsonb", "json"),
    ("character varying", "text"),
    ("text", "character varying"),
    ("uuid", "text"),
    ("boolean", "text"),
}


def needs_using(old: str, new: str) -> bool:
    """Whether PostgreSQL wants to be told how to make one of the other.

    Where it does not, nothing is said: unlike an explicit cast it cuts no text that is too long.
    """
    a, b = _plain(old), _plain(new)
    if b in _TEXTS and not old.endswith("[]"):
        return False
    return a != b and not any(a in group and b in group for group in _GROUPS)


def fits(old: str, new: str) -> bool:
    """Whether every value of the old type is also one of the new."""
    a, b = _plain(old), _plain(new)
    if a == b:
        return _roomier(_size(old), _size(new))
    if (a, b) == ("text", "character varying") or (a, b) in _WIDER:
        return _size(new) is None
    return b == "text" and not old.endswith("[]")


def default_storage(kind: str) -> str:
    """The letter for how a type is kept; before PostgreSQL 16 there is no word for its default."""
    if kind.endswith("[]"):
        return "x"
    return (
        "p"
        if _plain(kind) in _FIXED
        else "m"
        if _plain(kind) in ("numeric", "inet", "cidr")
        else "x"
    )


def _plain(kind: str) -> str:
    return re.sub(r"\s+", " ", _SIZED.sub("", kind)).strip()


def _size(kind: str) -> list[int] | None:
    match = _SIZED.search(kind)
    return [int(each) for each in match.group(1).split(",")] if match else None


def _roomier(old: list[int] | None, new: list[int] | None) -> bool:
    if new is None:
        return True
    if old is None:
        return False
    whole = [size[0] - (size[1] if len(size) > 1 else 0) for size in (old, new)]
    parts = [size[1] if len(size) > 1 else 0 for size in (old, new)]
    return whole[0] <= whole[1] and parts[0] <= parts[1]
