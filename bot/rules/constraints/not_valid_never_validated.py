"""A NOT VALID constraint that nobody validates says nothing about the old rows.

They stay unchecked for good, queries cannot make use of the constraint, and SET NOT NULL has to
read the whole table after all. Told once a month has passed without a VALIDATE CONSTRAINT.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Position
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import shown
from bot.judge.replay.replay import replay
from bot.sql.actions import AddConstraint
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import ConstraintKind

SEVERITY = Severity.NOTICE

FIX = "Add a migration folder with VALIDATE CONSTRAINT, which blocks nobody."

PATIENCE = timedelta(days=30)

_BASE = {
    "migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "migrations/20250101000000_init/migration.sql": (
        'CREATE TABLE "Order" ("id" BIGINT NOT NULL PRIMARY KEY, "total" BIGINT NOT NULL);\n'
    ),
}
_PROMISE = (
    'ALTER TABLE "Order" ADD CONSTRAINT "Order_total_check" CHECK ("total" >= 0) NOT VALID;\n'
)
_PROMISED = {**_BASE, "migrations/20250201000000_promise/migration.sql": _PROMISE}
_KEPT = {
    "migrations/20250202000000_keep/migration.sql": (
        'ALTER TABLE "Order" VALIDATE CONSTRAINT "Order_total_check";\n'
    )
}
_TAKEN_BACK = {
    "migrations/20250202000000_forget/migration.sql": (
        'ALTER TABLE "Order" DROP CONSTRAINT "Order_total_check";\n'
    )
}
_NEW = {**_BASE, "migrations/20260228000000_promise/migration.sql": _PROMISE}

BAD = Layout(base=_BASE, head=_PROMISED)
GOOD = Layout(base=_BASE, head={**_PROMISED, **_KEPT})
QUIET = [
    Layout(base=_BASE, head=_NEW),
    Layout(base=_PROMISED, head=_PROMISED),
    Layout(base=_BASE, head={**_PROMISED, **_TAKEN_BACK}),
]


@dataclass(frozen=True)
class _Promise:
    """A constraint that was added NOT VALID, and where."""

    migration: Migration
    at: Position
    table: str
    name: str


def check_change(change: Change) -> Hits:
    old = {each.name for each in change.added if _is_old(each, change)}
    if not old:
        return
    catalogue = Catalogue()
    promises: list[_Promise] = []
    for place, migration in enumerate(change.head.migrations):
        for promise in _replayed(migration, catalogue, place):
            if migration.name in old:
                promises.append(promise)
    for each in promises:
        constraint = catalogue.constraint(each.table, each.name)
        if constraint and not constraint.validated:
            yield Hit(
                f"{each.name} of {shown(each.table)} was never validated: rows that were there "
                "before may break it.",
                at=each.at,
                path=each.migration.path,
            )


def _is_old(migration: Migration, change: Change) -> bool:
    """Whether it can have something to say, and has had time; most files need not be read."""
    at = migration.created_at
    return "VALID" in migration.sql.upper() and at is not None and at < change.now - PATIENCE


def _replayed(migration: Migration, catalogue: Catalogue, place: int) -> Iterator[_Promise]:
    for statement in parse(migration.sql).statements:
        actions = actions_of(statement)
        for each in actions:
            if isinstance(each, AddConstraint) and _is_promise(each):
                yield _Promise(migration, statement.start, each.table, each.constraint.name)
        replay(catalogue, actions, born=place)


def _is_promise(action: AddConstraint) -> bool:
    constraint = action.constraint
    kinds = (ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY, ConstraintKind.NOT_NULL)
    return not constraint.validated and constraint.kind in kinds and bool(constraint.name)
