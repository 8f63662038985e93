"""`audit` in a terminal: whether a record can be believed, and what a target remembers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.progress import State
from bot.report import words
from bot.report.escape import one_line
from bot.report.terminal.lines import Line, drawn, line


def verified_text(sealed: Sealed, problem: str, *, width: int = 80, colour: bool = False) -> str:
    return drawn(_verified(sealed, problem), width=width, colour=colour)


def records_text(
    target: str, records: Sequence[Sealed], *, width: int = 80, colour: bool = False
) -> str:
    return drawn(_records(target, records), width=width, colour=colour)


def _verified(sealed: Sealed, problem: str) -> Iterator[Line]:
    if problem:
        yield line(f"Not to be believed: {problem}.", "bold red")
    else:
        assert sealed.signature is not None
        yield line(f"Signed with the key {sealed.signature.key}, and unchanged.", "bold green")
    yield from _record(sealed)


def _records(target: str, records: Sequence[Sealed]) -> Iterator[Line]:
    if not records:
        yield line(f"{target} has no audit rows.", "bold")
    for each in records:
        yield from _record(each)


def _record(sealed: Sealed) -> Iterator[Line]:
    """A record comes from outside, so nothing in it is taken for granted."""
    record = sealed.record
    outcome, trigger = _part(record, "outcome"), _part(record, "trigger")
    what = f"{_text(outcome, 'state')} in {_text(_part(record, 'target'), 'name')}"
    yield line(f"{_text(record, 'at')}  {_subject(record)} {what}")
    signed = f"signed with {sealed.signature.key}" if sealed.signature else "not signed"
    digest = _text(record, "digest")
    by = _text(trigger, "login") or "nobody known"
    yield line(f"    by {by} ({_text(trigger, 'event')}), {signed}{digest and f', {digest}'}")
    for name in ("message",):
        if said := _text(outcome, name):
            yield line(f"    {said}")


def _subject(record: Mapping[str, Any]) -> str:
    if backup := _text(_part(record, "restore"), "backup"):
        return f"backup {backup}"
    migrations = record.get("migrations")
    counted = words.count(len(migrations) if isinstance(migrations, list) else 0, "migration")
    done = _text(_part(record, "outcome"), "state") == State.ROLLED_BACK
    return f"rollback of {counted}" if record.get("direction") == "down" and not done else counted


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(record: Mapping[str, Any], name: str) -> str:
    found = record.get(name)
    return one_line(found) if isinstance(found, str) else ""
