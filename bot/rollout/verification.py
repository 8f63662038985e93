"""Whether a target is what its history makes of it: before a rollout, and once more after it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.drift import MOST_LINES, Drift, Expected, drift_between
from bot.core.outcome import Check
from bot.core.schema import Differences
from bot.core.target import DriftMode, Target
from bot.errors import HistoryError, PostgresError
from bot.world import Database, World


def look_for_drift(
    expected: Expected, database: Database, target: Target, world: World, since: datetime
) -> Drift:
    """What the target has that its applied migrations do not make, and the reverse."""
    if expected.problem:
        world.console.say(f"drift was not looked for: {expected.problem}")
        return Drift(target.drift_mode, unknown=expected.problem, seconds=_since(since, world))
    found = _differences(expected, database, after=False).lines
    return Drift(
        target.drift_mode,
        lines=found[:MOST_LINES],
        more=max(len(found) - MOST_LINES, 0),
        seconds=_since(since, world),
    )


def require_no_drift(drift: Drift, target: Target, world: World) -> None:
    """Raises HistoryError if there is some, and the target wants none."""
    if not drift.found:
        return
    listed = "\n".join(f"  - {line}" for line in drift.lines)
    more = f"\n  and {drift.more} more" if drift.more else ""
    message = (
        f"The schema of {target.name} is not what its applied migrations make:\n{listed}{more}"
    )
    if drift.mode is not DriftMode.REFUSE:
        world.console.say(message)
        return
    raise HistoryError(
        message,
        hint=f"Take back what was changed by hand, or write it down as a migration and mark that "
        f"as applied. If it has to be so, set `drift: report` for {target.name}.",
    )


def verify(
    target: Target,
    queries: Sequence[str],
    expected: Expected | None,
    drift: Drift | None,
    invalid: frozenset[str],
    database: Database,
) -> tuple[Check, ...]:
    """What was looked at afterwards. `invalid` are the indexes that were so before."""
    checks = [_indexes(database.invalid_indexes() - invalid)]
    if expected is not None and drift is not None:
        checks.append(_catalogue(expected, drift, database))
    checks += _queries(target, queries, database)
    return tuple(checks)


def verify_queries(target: Target, queries: Sequence[str], database: Database) -> tuple[Check, ...]:
    """Only the target's own, where nothing was applied: what is wrong stays wrong until mended."""
    return tuple(_queries(target, queries, database))


def require_fine(checks: Sequence[Check], target: Target, applied: int) -> None:
    """Raises PostgresError after the fact: what was applied stays applied."""
    wrong = [each for each in checks if each.fine is False and _counts(each, target)]
    if not wrong:
        return
    what = "1 migration is" if applied == 1 else f"{applied} migrations are"
    done = f"{what} applied to {target.name}, and " if applied else f"On {target.name} "
    raise PostgresError(
        f"{done}not all is as it should be: {' '.join(each.message for each in wrong)}",
        hint="Nothing was taken back. Look into it before the next rollout; running this again "
        "applies nothing twice.",
    )


def _counts(check: Check, target: Target) -> bool:
    return check.what != "catalogue" or target.drift_mode is DriftMode.REFUSE


def _indexes(left: frozenset[str]) -> Check:
    if not left:
        return Check("indexes", True)
    named = ", ".join(sorted(left))
    return Check("indexes", False, f"PostgreSQL does not use these indexes: {named}.")


def _catalogue(expected: Expected, drift: Drift, database: Database) -> Check:
    if expected.problem:
        return Check("catalogue", None, expected.problem)
    found = _differences(expected, database, after=True).lines
    new = [line for line in found if line not in drift.lines]
    if drift.more:
        # Not all that was there before is known by its line.
        new = new if len(found) > len(drift.lines) + drift.more else []
    if not new:
        return Check("catalogue", True)
    listed = "; ".join(new[:MOST_LINES])
    return Check("catalogue", False, f"The schema is not what the migrations make: {listed}.")


def _queries(target: Target, queries: Sequence[str], database: Database) -> Iterator[Check]:
    for number, query in enumerate(queries, start=1):
        try:
            wrong = database.wrong_with(query, timeout=target.verify.timeout)
        except PostgresError as error:
            wrong = error.message
        message = f"Query {number} of `verify`: {wrong}" if wrong else ""
        yield Check("queries", not wrong, message)


def _differences(expected: Expected, database: Database, *, after: bool) -> Differences:
    there = database.shape(expected.schemas(database.schema))
    wanted = expected.after if after else expected.before
    across = expected.major != database.facts().major
    return drift_between(wanted, there, across_majors=across)


def _since(moment: datetime, world: World) -> float:
    return (world.now() - moment).total_seconds()
