"""Which comment to write, so that a pull request keeps exactly one, and never an older one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.github.marker import Marker
from bot.core.github.pull import Comment


@dataclass(frozen=True)
class Decision:
    """`edit` is the comment to rewrite; `create` says to write a new one; both unset: do nothing.

    `delete` are doubles of the comment that stays.
    """

    create: bool = False
    edit: int | None = None
    delete: tuple[int, ...] = ()


def decide(
    existing: Sequence[Comment],
    body: str,
    marker: Marker,
    *,
    read: Callable[[str], Marker | None],
    same: Callable[[str, str], bool],
    wanted: bool = True,
    overrules: bool = False,
) -> Decision:
    """Keep the oldest of our comments; leave it alone if nothing changed or a newer run wrote it.

    `wanted` is False when there is nothing to say: then a comment is rewritten, but none is begun.
    `overrules` says that what this run has to say is newer, even if the run itself is older.
    """
    mine = of_key(existing, marker.key, read=read)
    if not mine:
        return Decision(create=wanted)
    (kept, _), *doubles = mine
    delete = tuple(each.id for each, _ in doubles)
    newest = max(mark.order for _, mark in mine)
    if (newest > marker.order and not overrules) or same(kept.body, body):
        return Decision(delete=delete)
    return Decision(edit=kept.id, delete=delete)


def of_key(
    existing: Sequence[Comment], key: str, *, read: Callable[[str], Marker | None]
) -> list[tuple[Comment, Marker]]:
    """Our comments on one database, the oldest first, each with its marker."""
    ours = [(each, read(each.body)) for each in existing]
    return [(each, mark) for each, mark in ours if mark is not None and mark.key == key]
