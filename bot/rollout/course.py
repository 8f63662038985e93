"""The two directions of a rollout: applying what is pending, or taking back what is applied.

The lock, the gates, the preflight, the backup and the engine are the same for both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rollouts.bookkeeping import require_kept
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import backwards
from bot.core.targets.target import Target
from bot.errors import HistoryError
from bot.rollout.preflight.agreement import plan_of
from bot.rollout.ways import Down, Up, Way
from bot.world import Database

Rows = Sequence[AppliedMigration]


class Course(Protocol):
    """`doing` is what is said of a migration when its turn comes."""

    @property
    def backwards(self) -> bool: ...
    @property
    def doing(self) -> str: ...
    def plan(
        self, target: Target, history: History, database: Database, rows: Rows | None = None
    ) -> Plan:
        """What is left to do, from the target's rows, or those that were just read."""

    def way(self, judged: JudgedMigration, plan: Plan) -> Way:
        """How one of the plan's scripts is recorded."""

    def require_remembered(self, before: Plan | None, left: Plan) -> None:
        """Raises HistoryError if the rows do not say what was done."""


@dataclass(frozen=True)
class Forwards:
    """Applies what is pending."""

    backwards = False
    doing = "applying"

    def plan(
        self, target: Target, history: History, database: Database, rows: Rows | None = None
    ) -> Plan:
        return plan_of(target, history, database, rows)

    def way(self, judged: JudgedMigration, plan: Plan) -> Way:
        row = _row(judged.migration.name, plan)
        return Up(judged.migration, row if row is not None and row.unfinished else None)

    def require_remembered(self, before: Plan | None, left: Plan) -> None:
        if before is not None:
            require_kept(before, left)
        _require_nothing_left(left, "applied")


@dataclass(frozen=True)
class Backwards:
    """Takes back what these scripts take back, in their order, as far as it is there. `give_at` has
    by name the statement before which kept rows are given back, where that is not the end, and
    `promised` the shelves that they are given back from."""

    scripts: tuple[Migration, ...]
    give_at: Mapping[str, int] = field(default_factory=dict)
    promised: Mapping[str, Collection[str]] = field(default_factory=dict)

    backwards = True
    doing = "taking back"

    def plan(
        self, target: Target, history: History, database: Database, rows: Rows | None = None
    ) -> Plan:
        plan = backwards(plan_of(target, history, database, rows), self.scripts)
        for each in plan.pending:
            _require_shelves(each.name, self.promised.get(each.name, ()), plan, database)
        return plan

    def way(self, judged: JudgedMigration, plan: Plan) -> Way:
        row = _row(judged.migration.name, plan)
        assert row is not None, "what has no row is not taken back"
        return Down(judged.migration, row, self.give_at.get(judged.migration.name))

    def require_remembered(self, before: Plan | None, left: Plan) -> None:
        if before is not None:
            require_kept(before, left, but={each.name for each in self.scripts})
        _require_nothing_left(left, "taken back")


def _row(name: str, plan: Plan) -> AppliedMigration | None:
    return next((each.row for each in plan.standings if each.name == name), None)


def _require_shelves(name: str, promised: Collection[str], plan: Plan, database: Database) -> None:
    """A rollout may have deleted since what has had its time."""
    row = _row(name, plan)
    if not promised or row is None:
        return
    if {*promised} - {each.shelf for each in database.kept([row.id])}:
        raise HistoryError(
            f"{plan.target} no longer keeps what {name} destroyed: it was there when this rollback "
            "was prepared.",
            hint="Run the same command again: it says what can be taken back now.",
        )


def _require_nothing_left(left: Plan, done: str) -> None:
    if left.pending or not left.agrees:
        raise HistoryError(
            f"{left.target} does not remember what was just {done}.",
            hint=f"Compare with `migration-bot status {left.target}` before doing anything else.",
        )
