"""Which new migrations need another name, which name, and the git command that gives it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from enum import Enum, auto

from bot.core.migrations.history import Change
from bot.core.migrations.migration import sort_key, timestamp_of, well_named

# A name written by hand may carry local time, which is up to 14 hours ahead of UTC.
FUTURE_TOLERANCE = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_BASELINE = re.compile(r"0+_[a-z0-9_]+")


class Flaw(Enum):
    """Why a folder needs another name. FOLLOWS: only to stay behind one that gets another name."""

    PATTERN = auto()
    NO_DATE = auto()
    FUTURE = auto()
    LATE = auto()
    TWIN = auto()
    FOLLOWS = auto()


@dataclass(frozen=True)
class Renaming:
    """`new` is None where there is no base, and so no telling what was applied somewhere."""

    old: str
    flaw: Flaw
    new: str | None = None


def renamings(change: Change) -> tuple[Renaming, ...]:
    """Every folder of the change that needs another name, in Prisma's order.

    The new names come after the base's newest and keep the order the folders have among themselves.
    """
    if change.base is None:
        return tuple(_unmended(change))
    return tuple(_mended(change))


def newest_merged(change: Change) -> str | None:
    """The base's newest folder with a time in its name."""
    names = change.base.names if change.base else ()
    return next((name for name in reversed(names) if _usable_time(name)), None)


def move_command(change: Change, renaming: Renaming) -> str | None:
    """The `git mv` for a renaming and for those that follow it; None if it cannot be written."""
    every = renamings(change)
    after = every[every.index(renaming) + 1 :]
    lines = [_move(change, renaming)]
    for each in after:
        if each.flaw is not Flaw.FOLLOWS:
            break
        lines.append(_move(change, each))
    written = [line for line in lines if line]
    return "\n".join(written) if len(written) == len(lines) else None


def restore_command(change: Change, path: str) -> str | None:
    """The `git checkout` that brings a path back as the base has it."""
    words = quoted("git", "checkout", change.base_ref or "", "--", path)
    return words if change.base_ref else None


def quoted(*words: str) -> str | None:
    """A command to paste into a shell; None if a word has characters that cannot be seen."""
    return shlex.join(words) if all(word.isprintable() for word in words) else None


def is_baseline(change: Change, name: str) -> bool:
    """Whether a folder is named like a baseline, `0_init`, and has nothing before it to follow.

    On a base that has migrations, only one that takes the place of some is a baseline.
    """
    if not _BASELINE.fullmatch(name) or change.head.names[0] != name:
        return False
    merged = set(change.base.names if change.base else ()) - change.behind
    return not merged or not merged.issubset(change.head.names)


def _move(change: Change, renaming: Renaming) -> str | None:
    if renaming.new is None:
        return None
    old, new = (change.head.path_of(name, "") for name in (renaming.old, renaming.new))
    return quoted("git", "mv", "--", old, new)


def _unmended(change: Change) -> Iterator[Renaming]:
    latest: datetime | None = None
    for name in change.added_names:
        if is_baseline(change, name):
            continue
        at = timestamp_of(name)
        flaw = _own_flaw(name, change.now) or (Flaw.TWIN if at and at == latest else None)
        latest = at or latest
        if flaw:
            yield Renaming(name, flaw)


def _mended(change: Change) -> Iterator[Renaming]:
    newest = newest_merged(change)
    latest = timestamp_of(newest) if newest else None
    taken = set(change.head.names) | set(change.base.names if change.base else ())
    moved = False
    for name in change.added_names:
        if is_baseline(change, name):
            continue
        flaw = _flaw(change, name, newest=newest, latest=latest, moved=moved)
        at = timestamp_of(name)
        if flaw is None:
            latest = at
            continue
        latest = _free_time(change, name, flaw, latest, taken)
        moved = True
        yield Renaming(name, flaw, _stamped(name, latest))


def _flaw(
    change: Change, name: str, *, newest: str | None, latest: datetime | None, moved: bool
) -> Flaw | None:
    if newest and _BASELINE.fullmatch(name):
        return Flaw.LATE
    base_time = timestamp_of(newest) if newest else None
    if own := _own_flaw(name, max(change.now, base_time or change.now)):
        return own
    if newest and sort_key(name) < sort_key(newest):
        return Flaw.LATE
    at = timestamp_of(name)
    if at and latest and at <= latest:
        return Flaw.FOLLOWS if moved else Flaw.TWIN
    return None


def _own_flaw(name: str, now: datetime) -> Flaw | None:
    if not well_named(name):
        return Flaw.PATTERN
    at = timestamp_of(name)
    if at is None:
        return Flaw.NO_DATE
    return Flaw.FUTURE if at > now + FUTURE_TOLERANCE else None


def _free_time(
    change: Change, name: str, flaw: Flaw, latest: datetime | None, taken: set[str]
) -> datetime:
    """The first time that keeps the order and is nobody's, now or later; notes it as taken."""
    at = latest + _SECOND if latest else change.now
    if flaw not in (Flaw.TWIN, Flaw.FOLLOWS):
        at = max(at, _own_time(change, name, flaw))
    at = at.astimezone(UTC).replace(microsecond=0)
    while _stamped(name, at) in taken:
        at += _SECOND
    taken.add(_stamped(name, at))
    return at


def _own_time(change: Change, name: str, flaw: Flaw) -> datetime:
    """The time in the name if only the rest of it is wrong, else now."""
    at = timestamp_of(name) if flaw is Flaw.PATTERN else None
    return at if at and at <= change.now + FUTURE_TOLERANCE else change.now


def _usable_time(name: str) -> bool:
    """Whether there is a time in the name, and a second after it."""
    at = timestamp_of(name)
    return at is not None and at.year < MAXYEAR


def _stamped(name: str, at: datetime) -> str:
    return f"{at.year:04}{at:%m%d%H%M%S}_{slug_of(name)}"


def slug_of(name: str) -> str:
    """The words of a name, without its time, as Prisma would write them."""
    words = re.sub(r"^[0-9]+(?![0-9])", "", name)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words).lower()
    return re.sub(r"[^a-z0-9]+", "_", apart).strip("_") or "migration"
