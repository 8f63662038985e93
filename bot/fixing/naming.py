"""Names for the folders of a migration that was split, in the order in which they are to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.migrations.history import Change
from bot.core.migrations.migration import sort_key
from bot.fixing.called import THEN, called, numbered
from bot.fixing.draft import CannotSplit, Draft, Part

_FORMAT = "%Y%m%d%H%M%S"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Named:
    """A draft with the names of its folders."""

    draft: Draft
    names: tuple[str, ...]


def named(drafts: Sequence[Draft], change: Change) -> tuple[Named, ...]:
    """Each draft keeps its own name for its first folder. Raises CannotSplit if that does not work.

    A later migration of the branch moves on where it would stand between the folders of an earlier
    one; one that the branch does not add cannot.
    """
    own = {each.migration.name for each in drafts}
    fixed = [name for name in change.head.names if name not in own]
    found: list[Named] = []
    last: str | None = None
    for draft in drafts:
        names = _names_of(draft, last)
        _require_no_jump(draft.migration.name, names, fixed)
        found.append(Named(draft, names))
        last = names[-1]
    return tuple(found)


def _names_of(draft: Draft, last: str | None) -> tuple[str, ...]:
    name = draft.migration.name
    at = draft.migration.created_at
    if last is not None and sort_key(name) <= sort_key(last):
        if at is None:
            raise CannotSplit(f"{name} would have to move on, and its name carries no time")
        at = _after(last)
        name = _stamped(at, _slug(name))
    if len(draft.parts) == 1:
        return (name,)
    if at is None:
        raise CannotSplit("its name carries no time that others could follow")
    words = numbered(_word(each) for each in draft.parts[1:])
    names = [name]
    for part, word in zip(draft.parts[1:], words, strict=True):
        # Before a check there is room for a folder in which somebody fills the rows.
        at += 2 * _SECOND if part.what == "check" else _SECOND
        names.append(_stamped(at, f"{_slug(name)}_{word}"))
    return tuple(names)


def _word(part: Part) -> str:
    return called(part.text) if part.what in ("", THEN) else part.what


def _after(last: str) -> datetime:
    return datetime.strptime(last[:14], _FORMAT) + _SECOND


def _stamped(at: datetime, slug: str) -> str:
    return f"{at.strftime(_FORMAT)}_{slug}"


def _slug(name: str) -> str:
    return name[14:].lstrip("_") or "migration"


def _require_no_jump(original: str, names: Sequence[str], fixed: Sequence[str]) -> None:
    """No folder that stays may stand between the old place and the new ones."""
    start, end = sort_key(original), sort_key(names[-1])
    between = [each for each in fixed if start < sort_key(each) <= end]
    if between:
        raise CannotSplit(f"{between[0]} stands where its next folder would be")
