"""Drift, and what was looked at after a rollout, as a person would say it."""

from collections.abc import Sequence

from bot.core.drift.drift import Drift
from bot.core.rollouts.progress import Check
from bot.report.words import count, duration, listed

_WHAT = {"rows": "rows", "indexes": "indexes", "catalogue": "schema", "queries": "queries"}


def drift_sentence(drift: Drift) -> str:
    if drift.unknown:
        return f"Drift was not looked for: {drift.unknown}."
    if not drift.found:
        return f"No drift before it, looked for in {duration(drift.seconds)}."
    found = count(len(drift.lines) + drift.more, "difference")
    return f"Drift before it: {found} from what the applied migrations make."


def drift_lines(drift: Drift, most: int = 20) -> tuple[str, ...]:
    """The differences, and how many are not shown. None is blank: what is left of an item of a list
    would underline the line above, and make a heading of it."""
    shown = tuple(each for each in drift.lines[:most] if each.strip())
    more = len(drift.lines) - len(shown) + drift.more
    return (*shown, f"and {more} more") if more else shown


def check_sentences(checks: Sequence[Check]) -> tuple[str, ...]:
    """What is as it should be in one sentence, and one for each that is not, or is not known."""
    fine = [_WHAT.get(each.what, each.what) for each in checks if each.fine]
    names = [
        count(fine.count(name), "query", "queries") if name == "queries" else name
        for name in dict.fromkeys(fine)
    ]
    said = [f"Verified: {listed(names, limit=len(names))}."] if names else []
    for each in checks:
        if each.fine is None:
            name = _WHAT.get(each.what, each.what)
            said.append(f"Not verified: {name}, because {each.message.rstrip('.')}.")
        elif not each.fine:
            said.append(each.message)
    return tuple(said)
