"""How each migration can be taken back, in a terminal."""

from collections.abc import Iterator

from bot.core.findings.review import Review
from bot.core.rollouts.rollback_class import RollbackWay
from bot.report.rollback_words import classes_of, rollback_sentence, rollback_summary
from bot.report.terminal.lines import Line, line
from bot.report.words import count

_MOST = 10


def rollback_block(review: Review) -> Iterator[Line]:
    """Nothing where nothing was run: then nobody knows."""
    rehearsal = review.rehearsal
    if rehearsal is None or not rehearsal.migrations:
        return
    found = classes_of(review)
    yield line(f"Rollback: {rollback_summary(found)}.", "bold")
    for each in found[:_MOST]:
        style = "yellow" if each.way is RollbackWay.RESTORE else ""
        yield line(f"{each.name}: {each.way.value}. {rollback_sentence(each)}", style, indent=2)
    if len(found) > _MOST:
        yield line(f"and {count(len(found) - _MOST, 'more migration')}", indent=2)
    yield line()
