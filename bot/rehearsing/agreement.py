"""What was predicted of a statement beside what was measured when it ran: where the two differ.

Each line is a bug of ours, in one or the other. So what a measurement cannot tell is not held
against a prediction: see the functions for what that is.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.rehearsals.rehearsal import Measured, MeasuredLock

# Tables that hold large values of others, and those of one session.
_INTERNAL = ("pg_toast", "pg_temp")


def disagreements(effects: Effects, measured: Measured) -> tuple[str, ...]:
    """A sentence each, in a fixed order; none where prediction and measurement agree."""
    emptied = _emptied(effects, measured)
    return (
        *_about_transactions(effects, measured),
        *_about_locks(effects, measured),
        *_differ(
            effects,
            "rewritten",
            predicted=effects.rewrites,
            seen=set(measured.rewrites) - emptied,
        ),
        *_differ(
            effects,
            "read in full",
            predicted=effects.scans,
            seen=_scans(effects, measured),
            excused=effects.spared,
        ),
        *_differ(
            effects,
            "built anew",
            predicted=effects.rebuilds,
            seen=measured.rebuilds,
            excused=measured.rebuilds if emptied else (),
        ),
        *_differ(
            effects,
            "lost",
            predicted=set(effects.loses) - emptied,
            seen=measured.loses,
        ),
        *_differ(
            effects,
            "missed by older code",
            predicted=effects.misses,
            seen=measured.misses,
        ),
    )


def _about_transactions(effects: Effects, measured: Measured) -> Iterator[str]:
    if measured.transactional and not effects.transactional:
        yield "predicted that it cannot run in a transaction, and it ran in one"


def _emptied(effects: Effects, measured: Measured) -> set[str]:
    """What loses its rows and keeps its name leaves nothing in the catalogue to see, but perhaps a
    new file."""
    return set(effects.loses) - set(effects.misses) - set(measured.loses)


def _scans(effects: Effects, measured: Measured) -> set[str]:
    """Where the server leaves open which of several tables it read, one predicted will do."""
    found = set(measured.scans)
    for each in measured.scans_of_one:
        found |= (set(each) & set(effects.scans)) or set(each)
    return found


def _about_locks(effects: Effects, measured: Measured) -> Iterator[str]:
    """Indexes are locked by whatever uses their table: those alone count that were predicted. Of
    what depends on rows, either is right: whether there were any is not known here."""
    had = dict(measured.had)
    certain, possible = _strongest(effects.locks), _strongest(effects.if_rows)
    named = certain.keys() | possible.keys()
    taken = {
        each.relation: each
        for each in measured.locks
        if not _internal(each.relation) and (not each.index or each.relation in named)
    }
    for relation in sorted(named | taken.keys()):
        right = {certain.get(relation), possible.get(relation)} - {None}
        # What the transaction has already, or something stronger, it does not take again.
        if relation not in certain or had.get(relation, 0) >= certain[relation]:
            right.add(None)
        found = taken.get(relation)
        seen = found.mode if found else None
        both = max((mode for mode in right if mode), default=None)
        if seen in right or seen == both:
            continue
        if _excused_lock(effects, measured, seen=seen, predicted=both):
            continue
        if found and not both and _is_above(found, effects):
            continue
        yield _lock_sentence(relation, predicted=certain.get(relation) or both, seen=seen)


def _excused_lock(
    effects: Effects, measured: Measured, *, seen: LockMode | None, predicted: LockMode | None
) -> bool:
    """What looking now and then overlooks, and what code may leave out; what no text tells may be
    anything more."""
    if (seen or 0) < (predicted or 0):
        return measured.sampled or effects.conditional
    return not effects.understood


def _is_above(lock: MeasuredLock, effects: Effects) -> bool:
    """A session that meets a partition for the first time looks at the table above it, too."""
    return lock.partitioned and lock.mode is LockMode.ACCESS_SHARE and bool(effects.locks)


def _strongest(locks: Iterable[Lock]) -> dict[str, LockMode]:
    found: dict[str, LockMode] = {}
    for each in locks:
        if not _internal(each.relation):
            found[each.relation] = max(each.mode, found.get(each.relation, each.mode))
    return found


def _lock_sentence(relation: str, *, predicted: LockMode | None, seen: LockMode | None) -> str:
    expected = f"{_article(predicted)} on {relation}" if predicted else f"no lock on {relation}"
    return f"predicted {expected}, PostgreSQL took {_article(seen) if seen else 'none'}"


def _article(mode: LockMode) -> str:
    return f"{'an' if mode.label[0] in 'AE' else 'a'} {mode.label}"


def _differ(
    effects: Effects,
    what: str,
    *,
    predicted: Collection[str],
    seen: Collection[str],
    excused: Collection[str] = (),
) -> Iterator[str]:
    missing = () if effects.conditional else set(predicted) - set(seen) - set(excused)
    unforeseen = set(seen) - set(predicted) - set(excused) if effects.understood else ()
    yield from _sentences(missing, f"predicted {{}} to be {what}, and PostgreSQL did not do it")
    yield from _sentences(unforeseen, f"did not predict {{}} to be {what}, and PostgreSQL did it")


def _sentences(names: Iterable[str], sentence: str) -> Iterator[str]:
    visible: Callable[[str], bool] = lambda name: not _internal(name)  # noqa: E731
    yield from (sentence.format(name) for name in sorted(names) if visible(name))


def _internal(relation: str) -> bool:
    return relation.startswith(_INTERNAL)
