"""Whether a target is what its history makes of it: before a rollout, and once more after it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.core.drift.deviation import changed_by_hand, stopping_lines
from bot.core.drift.drift import MOST_LINES, Drift, Expected
from bot.core.findings.review import JudgedMigration
from bot.core.rollouts.outcome import Check, Journal
from bot.core.rollouts.plan import Plan
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import DriftMode, Target
from bot.errors import HistoryError, PostgresError
from bot.rollout.preflight.notes import notes_to
from bot.rollout.telling.telling import Telling
from bot.world import Database

# What builds no index concurrently, and runs no text that might: a transaction leaves a whole index
# or none.
_HARMLESS = {
    "AlterEnumStmt",
    "AlterTableStmt",
    "CommentStmt",
    "CompositeTypeStmt",
    "CreateEnumStmt",
    "CreateSchemaStmt",
    "CreateSeqStmt",
    "CreateStmt",
    "DropStmt",
    "IndexStmt",
    "RenameStmt",
    "TransactionStmt",
    "ViewStmt",
}

_NOTHING_TWICE = (
    "Nothing was taken back. Look into it before the next rollout; running this again applies "
    "nothing twice."
)
_NOTHING_TWICE_BACK = (
    "What was taken back stays so. Look into it before the next rollout; running this again takes "
    "nothing back twice."
)

# The schema before and after a plan, given the server and the schema of the target's URL.
ExpectedOf = Callable[[Plan, ServerFacts, str], Expected]


class Verifier:
    """Of one rollout: what was there before is known afterwards. The journal is told of it all."""

    def __init__(
        self,
        target: Target,
        queries: Sequence[str],
        expected: ExpectedOf | None,
        journal: Journal,
        telling: Telling,
    ) -> None:
        self._target = target
        self._queries = queries
        self._expected_of = expected
        self._journal = journal
        self._telling = telling
        self._expected: Expected | None = None
        self._invalid: frozenset[str] | None = frozenset()
        self._unvalidated: frozenset[str] | None = None

    def before(
        self, plan: Plan, database: Database, judged: Sequence[JudgedMigration] | None = None
    ) -> None:
        """Raises HistoryError if the target is not what its applied migrations make, where that is
        refused. An empty database is as it should be. `judged` is what is going to be run."""
        self._invalid = database.invalid_indexes() if may_spoil(judged) else None
        if any("NOT VALID" in each.sql.upper() for each in plan.pending):
            self._unvalidated = database.unvalidated()
        if self._expected_of is None or not plan.applied:
            return
        if self._target.drift_mode is DriftMode.OFF and not plan.backwards:
            return
        now = self._telling.world.now
        began = now()
        self._expected = self._expected_of(plan, database.facts(), database.schema)
        drift = _drift(self._expected, database, self._target)
        drift = replace(drift, seconds=(now() - began).total_seconds())
        self._journal.drift = drift
        self._telling.looked_for_drift(drift)
        if drift.unknown:
            self._telling.say(f"drift was not looked for: {drift.unknown}")
        require_no_drift(drift, self._target, self._telling.say)
        if plan.backwards and not drift.unknown:
            require_untouched(self._expected, database, self._target)

    def after(self, database: Database, *, applied: bool) -> None:
        """Raises PostgresError after the fact: what was applied stays applied.

        The target's own queries are asked also where nothing was pending: what is wrong stays wrong
        until it is mended.
        """
        checks: list[Check] = []
        if applied:
            checks = [Check("rows", True), _indexes(self._left(database))]
            if self._expected is not None and self._journal.drift is not None:
                checks.append(
                    _catalogue(self._expected, self._journal.drift, database, self._target)
                )
            self._tell_unvalidated(database)
        checks += _queries(self._target, self._queries, database)
        self._journal.checks = tuple(checks)
        self._telling.verified(checks)
        plan = self._journal.plan
        backwards = plan is not None and plan.backwards
        require_fine(checks, self._target, len(self._journal.applied), backwards=backwards)

    def _tell_unvalidated(self, database: Database) -> None:
        """They may be meant to be validated by a later migration, so it is a note and no more."""
        if self._unvalidated is None:
            return
        left = sorted(database.unvalidated() - self._unvalidated)
        if left:
            note = notes_to(self._journal, self._telling.world)
            note(f"not validated yet, so that old rows may break them: {', '.join(left)}")

    def _left(self, database: Database) -> frozenset[str]:
        return frozenset() if self._invalid is None else database.invalid_indexes() - self._invalid


def may_spoil(judged: Sequence[JudgedMigration] | None) -> bool:
    """Whether an index can be left that PostgreSQL does not use."""
    if judged is None:
        return True
    return any(
        not each.effects.transactional or each.statement.node not in _HARMLESS
        for migration in judged
        for each in migration.statements
    )


def _drift(expected: Expected, database: Database, target: Target) -> Drift:
    """What the target has that its applied migrations do not make, and the reverse."""
    if expected.problem:
        return Drift(target.drift_mode, unknown=expected.problem)
    found = _differences(expected, database, target, after=False)
    more = max(len(found) - MOST_LINES, 0)
    return Drift(target.drift_mode, lines=found[:MOST_LINES], more=more)


def require_no_drift(drift: Drift, target: Target, say: Callable[[str], None]) -> None:
    """Raises HistoryError if there is some, and the target wants none."""
    if not drift.found:
        return
    listed = "\n".join(f"  - {line}" for line in drift.lines)
    more = f"\n  and {drift.more} more" if drift.more else ""
    message = (
        f"The schema of {target.name} is not what its applied migrations make:\n{listed}{more}"
    )
    if drift.mode is not DriftMode.REFUSE:
        say(message)
        return
    raise HistoryError(
        message,
        hint=f"`migration-bot drift {target.name}` drafts the SQL that takes it back, and the "
        "migration that writes it down, to be marked as applied. If it has to be so, set "
        f"`drift: report` for {target.name}.",
    )


def require_untouched(expected: Expected, database: Database, target: Target) -> None:
    """Raises HistoryError if what a rollback is about was changed by hand, whatever the target
    makes of drift: its scripts were tried on something else."""
    schemas = expected.schemas(database.schema)
    across = expected.major != database.facts().major
    there, policy = database.shape(schemas), target.drift_policy
    found = changed_by_hand(expected, there, policy, schemas=schemas, across_majors=across)
    if not found:
        return
    listed = "\n".join(f"  - {line}" for line in found[:MOST_LINES])
    raise HistoryError(
        f"What is to be taken back from {target.name} was changed by hand since:\n{listed}",
        hint="Take that change back first, or write a new migration that does what is needed. "
        "Nothing was changed.",
    )


def require_fine(
    checks: Sequence[Check], target: Target, applied: int, *, backwards: bool = False
) -> None:
    """Raises PostgresError after the fact: what was applied stays applied."""
    wrong = [each for each in checks if each.fine is False and _counts(each, target)]
    if not wrong:
        return
    what = "1 migration is" if applied == 1 else f"{applied} migrations are"
    way = "taken back from" if backwards else "applied to"
    done = f"{what} {way} {target.name}, and " if applied else f"On {target.name} "
    raise PostgresError(
        f"{done}not all is as it should be: {' '.join(each.message for each in wrong)}",
        hint=_NOTHING_TWICE_BACK if backwards else _NOTHING_TWICE,
    )


def _counts(check: Check, target: Target) -> bool:
    return check.what != "catalogue" or target.drift_mode is DriftMode.REFUSE


def _indexes(left: frozenset[str]) -> Check:
    if not left:
        return Check("indexes", True)
    named = ", ".join(sorted(left))
    return Check("indexes", False, f"PostgreSQL does not use these indexes: {named}.")


def _catalogue(expected: Expected, drift: Drift, database: Database, target: Target) -> Check:
    if expected.problem:
        return Check("catalogue", None, expected.problem)
    found = _differences(expected, database, target, after=True)
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


def _differences(
    expected: Expected, database: Database, target: Target, *, after: bool
) -> tuple[str, ...]:
    schemas = expected.schemas(database.schema)
    return stopping_lines(
        expected.after if after else expected.before,
        database.shape(schemas),
        target.drift_policy,
        schemas=schemas,
        across_majors=expected.major != database.facts().major,
    )
