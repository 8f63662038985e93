"""How much of a report is shown, and the order in which it gives way when it is too long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial

COMMENT_BUDGET = 60_000
SUMMARY_BUDGET = 1_000_000


class Rehearsed(IntEnum):
    """How much of a rehearsal is shown: one line, the gravest statements of some migrations, all
    statements of all of them, or with every lock and its picture."""

    OUTLINE = 0
    GRAVE = 1
    STATEMENTS = 2
    ALL = 3


@dataclass(frozen=True)
class Detail:
    """What to show. A limit of None means everything.

    `statements` counts statements of risky migrations whose SQL is shown, the risky ones first;
    `rows` counts migrations, the gravest first.
    """

    notice_reasons: bool = True
    notices: bool = True
    calm_sql: bool = True
    statements: int | None = None
    findings: int | None = None
    rows: int | None = None
    rollout: bool = True
    rehearsal: Rehearsed = Rehearsed.ALL
    diagram: bool = True
    schema: bool = True


Draw = Callable[[Detail], str]


def fitted(draw: Draw, *, statements: int, findings: int, rows: int, budget: int) -> str:
    """The fullest drawing within the budget, in UTF-8 bytes. Last of all goes what each target
    says about itself; the heading, the next step and the digest stay.

    The numbers are how many of each there are. Whole pieces are left out, never parts of one.
    """
    detail = Detail()
    for detail in _plain_steps():
        if _size(text := draw(detail)) <= budget:
            return text
    for limited, many in (
        (_statements, statements),
        (_outlined, 0),
        (_statements, statements),
        (_findings, findings),
        (_rows, rows),
    ):
        detail = limited(detail, _most(draw, partial(limited, detail), many, budget))
        if _size(text := draw(detail)) <= budget:
            return text
    return draw(replace(detail, rollout=False))


def _plain_steps() -> Iterator[Detail]:
    """The picture first, then the schema; of a rehearsal all goes that can be had again, before a
    word of a finding does."""
    yield Detail()
    plain = Detail(diagram=False)
    yield plain
    bare = replace(plain, schema=False)
    yield bare
    yield replace(bare, rehearsal=Rehearsed.STATEMENTS)
    short = replace(bare, rehearsal=Rehearsed.GRAVE)
    yield short
    yield replace(short, notice_reasons=False)
    yield replace(short, notice_reasons=False, notices=False)
    yield replace(short, notice_reasons=False, notices=False, calm_sql=False)


def _statements(detail: Detail, limit: int) -> Detail:
    return replace(detail, statements=limit)


def _outlined(detail: Detail, limit: int) -> Detail:
    """What is left of a rehearsal is a line, and the SQL may have its room."""
    return replace(detail, rehearsal=Rehearsed(limit), statements=None)


def _findings(detail: Detail, limit: int) -> Detail:
    return replace(detail, findings=limit)


def _rows(detail: Detail, limit: int) -> Detail:
    return replace(detail, rows=limit)


def _most(draw: Draw, limited: Callable[[int], Detail], many: int, budget: int) -> int:
    """The greatest limit that fits; 0 if not even that does.

    It is approached from below, because drawing twice too much is cheap and everything is not.
    """

    def fits(limit: int) -> bool:
        return _size(draw(limited(limit))) <= budget

    if many == 0 or not fits(0):
        return 0
    beyond = 1
    while beyond <= many and fits(beyond):
        beyond *= 2
    least, beyond = beyond // 2, min(beyond, many + 1)
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if fits(middle) else (least, middle)
    return least


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
