"""What programs and vendors answer, read strictly: a part that is missing is an error that names
it, and never a guess."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.errors import BackupError

T = TypeVar("T")


def parsed(text: str, *, who: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise _unreadable(who, "it is not JSON") from None


def part(whole: Any, *names: str | int, who: str) -> Any:
    """A part of an answer, by the names and places that lead to it."""
    found = whole
    for number, name in enumerate(names):
        try:
            found = found[name]
        except (KeyError, IndexError, TypeError):
            path = ".".join(str(each) for each in names[: number + 1])
            raise _unreadable(who, f"{path} is missing") from None
    return found


def text_at(whole: Any, *names: str | int, who: str) -> str:
    return _as(str, part(whole, *names, who=who), names, who)


def number_at(whole: Any, *names: str | int, who: str) -> int:
    return _as(int, part(whole, *names, who=who), names, who)


def list_at(whole: Any, *names: str | int, who: str) -> Sequence[Any]:
    return _as(list, part(whole, *names, who=who), names, who)


def moment_at(whole: Any, *names: str | int, who: str) -> datetime:
    """RFC 3339, as `2026-11-23T15:48:23.5Z`, or seconds since 1970."""
    found = part(whole, *names, who=who)
    try:
        if isinstance(found, int) and not isinstance(found, bool):
            return datetime.fromtimestamp(found, UTC)
        return moment_of(str(found))
    except (ValueError, OverflowError, OSError):
        path = ".".join(map(str, names))
        raise _unreadable(who, f"{path} is no moment") from None


def moment_of(text: str) -> datetime:
    """Raises ValueError. More than six digits of a second are cut; a time without a zone is UTC."""
    head, point, tail = text.strip().partition(".")
    if point:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}"
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def newest(found: Sequence[T], moment: Callable[[T], datetime]) -> T | None:
    return max(found, key=moment, default=None)


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _as(kind: type[T], found: Any, names: Sequence[str | int], who: str) -> T:
    if not isinstance(found, kind) or isinstance(found, bool):
        path = ".".join(map(str, names))
        raise _unreadable(who, f"{path} is a {type(found).__name__}")
    return found


def _unreadable(who: str, why: str) -> BackupError:
    return BackupError(
        f"What {who} answers cannot be read: {why}.",
        hint=f"See what it says itself, and whether this version of {who} is a known one.",
    )
