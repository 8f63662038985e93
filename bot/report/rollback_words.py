"""How a migration can be taken back, as a person would say it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.findings.review import Review
from bot.core.rollouts.rollback_class import RollbackClass, RollbackWay, class_of
from bot.report.words import listed

SIGNS = {
    RollbackWay.NOTHING: "🟢",
    RollbackWay.REVERSIBLE: "🟢",
    RollbackWay.KEPT: "🟢",
    RollbackWay.UNPROVED: "⚪",
    RollbackWay.RESTORE: "🟡",
}


def classes_of(review: Review) -> list[RollbackClass]:
    """Of each of its migrations, in order."""
    rehearsal = review.rehearsal
    return [
        class_of(
            each,
            rehearsal.of(each.migration.name) if rehearsal else None,
            kept=review.kept.get(each.migration.name, ()),
        )
        for each in review.migrations
    ]


def rollback_summary(classes: Iterable[RollbackClass]) -> str:
    """`2 reversible · 1 restore only`."""
    number = Counter(each.way for each in classes)
    return " · ".join(f"{number[way]} {way.value}" for way in RollbackWay if number[way])


def rollback_ahead(found: RollbackClass, *, written: bool) -> str:
    """How one that nobody has run here would be taken back; `written` says that it has a
    down.sql."""
    if found.way is RollbackWay.RESTORE:
        return f"rollback: restore only, it deletes {_listed(found.lost)}"
    if found.unknown and not written:
        return f"rollback: what it destroys is not known, {_listed(found.unknown)}"
    return f"rollback: {'its down.sql' if written else 'a draft, if that is proved then'}"


def rollback_sentence(found: RollbackClass) -> str:
    """What taking it back needs, and what it loses."""
    return " ".join((*_way(found), *_application(found)))


def _way(found: RollbackClass) -> Iterator[str]:
    script = "a drafted down.sql" if found.drafted else "its down.sql"
    if found.way is RollbackWay.NOTHING:
        yield "There is nothing to take back: it changes neither structure nor rows."
    elif found.way is RollbackWay.UNPROVED:
        yield "Nobody has tried to take it back here."
    elif found.way is RollbackWay.RESTORE:
        yield from _restore(found, script)
    else:
        yield f"Proved with {script}: {there_and_back(found.moved)}."
        if found.way is RollbackWay.KEPT:
            yield "The rows that it deletes or changes are kept, and given back."
        if found.loses:
            yield f"Taking it back loses {_listed(found.loses)}."


def there_and_back(moved: Iterable[str]) -> str:
    """What a proof has seen; `moved` are the tables whose columns stood in another order then."""
    names = _listed(moved)
    but = f" but for the order of the columns of {names}" if names else ""
    return f"up, down, the schema is as before{but}, and up again"


def _restore(found: RollbackClass, script: str) -> Iterator[str]:
    if found.lost:
        yield f"It deletes {_listed(found.lost)}, which only a backup brings back."
    if found.fault:
        yield f"With {script} it does not lead back: {found.fault.rstrip('.')}."
    elif found.differing:
        yield f"After up and down {_listed(found.differing)} held other rows."
    elif found.writes and not found.lost:
        yield "It changes rows, and a draft knows nothing of rows."
    if found.changed and found.drafted:
        yield f"A draft does not take back what it changes besides: {_listed(found.changed)}."
    if found.unknown:
        yield f"What it destroys is not known: {_listed(found.unknown)}."
        if not found.drafted and not (found.lost or found.fault or found.differing):
            yield "No rows were there to see that its down.sql brings them back."
            return
    if found.drafted or (found.writes and not found.fault):
        yield "Write a down.sql that does, or rely on a restore."


def _application(found: RollbackClass) -> Iterator[str]:
    if found.breaks:
        yield f"The release before does not work on it: it misses {_listed(found.breaks)}."
    elif not found.foreseen:
        yield "Whether the release before works on it cannot be foreseen."
    elif found.way is not RollbackWay.NOTHING:
        yield "The release before finds every name it uses: going back to it may be all it takes."
    if not found.atomic:
        yield "A failure while it is applied leaves a part, and the next run goes on with it."


def _listed(names: Iterable[str]) -> str:
    return listed((each.removeprefix("public.") for each in names), limit=4)
