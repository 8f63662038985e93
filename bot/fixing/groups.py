"""What becomes one migration folder: statements in order, put together so that they stand alone.

A folder may begin inside a transaction that the author opened, and under settings that an earlier
statement made: both are written out again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

BEGIN, COMMIT, SETTING, COMMENT, WORK = "BEGIN", "COMMIT", "SET", "--", "work"


@dataclass(frozen=True)
class Item:
    """A piece of text and what it is. `made`: nobody wrote it in this place.

    `ended` says that its semicolon is there, `comments` are what it says besides its statement.
    """

    kind: str
    text: str
    made: bool = False
    ended: bool = True
    comments: str = ""


@dataclass
class Group:
    """`alone`: nothing may stand beside its one statement. `what` names the folder."""

    what: str = ""
    alone: bool = False
    items: list[Item] = field(default_factory=list)

    @property
    def works(self) -> int:
        return sum(each.kind == WORK for each in self.items)

    @property
    def comments(self) -> str:
        return "".join(f"{each.comments}\n" for each in self.items if each.comments)

    @property
    def text(self) -> str:
        whole, open_end = "", False
        for item in _without_empty_blocks(self.items):
            if open_end:
                whole = f"{whole.rstrip()};\n"
            if item.made and whole and not whole.endswith("\n"):
                whole += "\n"
            whole += item.text
            open_end = not item.ended
        return whole


def made(kind: str, sql: str) -> Item:
    return Item(kind, f"{sql};\n", made=True)


def opening(settings: Sequence[str], *, inside: bool) -> list[Item]:
    """What a group starts with that continues under settings, inside a transaction or not."""
    begin = [made(BEGIN, "BEGIN")] if inside else []
    return begin + [made(SETTING, each) for each in settings]


def closing(*, inside: bool) -> list[Item]:
    return [made(COMMIT, "COMMIT")] if inside else []


def _without_empty_blocks(items: Sequence[Item]) -> list[Item]:
    """Less what begins and commits nothing."""
    kept: list[Item] = []
    for item in items:
        if item.kind == COMMIT and kept and kept[-1].kind == BEGIN:
            kept.pop()
        else:
            kept.append(item)
    return kept


def worthwhile(groups: Sequence[Group]) -> list[Group]:
    """Less the groups in which nothing is done; what is said in them moves to their neighbours."""
    kept: list[Group] = []
    waiting = ""
    for group in groups:
        if not group.works:
            waiting += group.comments
            continue
        if waiting:
            group.items.insert(0, Item(COMMENT, waiting, made=True))
            waiting = ""
        kept.append(group)
    if waiting and kept:
        kept[-1].items.append(Item(COMMENT, waiting, made=True))
    return kept or list(groups[:1])
