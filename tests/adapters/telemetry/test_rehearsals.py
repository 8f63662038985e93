from datetime import timedelta

from bot.adapters.telemetry import names
from bot.adapters.telemetry.rehearsals import observe_backup, observe_rehearsal
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    Measured,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
    TouchedRows,
)
from bot.core.rollouts.progress import BackupSummary
from tests.adapters.telemetry.lines import FakeTracer
from tests.fakes.values import NOON

SECOND = timedelta(seconds=1)
FOUND = Rehearsal(
    base=BaseReplay(seconds=1.0),
    migrations=(
        RehearsedMigration(
            "one",
            (
                RehearsedStatement(0, Measured(500.0, rows=(TouchedRows("t", inserted=2),))),
                RehearsedStatement(1, Measured(1500.0, wal_bytes=9)),
                RehearsedStatement(2),
            ),
        ),
        RehearsedMigration("two", (RehearsedStatement(0, Measured(250.0)),)),
    ),
    seconds=6.0,
)


def test_a_rehearsal_has_a_span_for_each_statement_that_was_run() -> None:
    tracer = FakeTracer()

    observe_rehearsal(tracer, FOUND, NOON)

    assert tracer.tree() == [
        ("rehearsal", None),
        ("migration", "rehearsal"),
        ("statement", "migration"),
        ("statement", "migration"),
        ("migration", "rehearsal"),
        ("statement", "migration"),
    ]
    assert [each.seconds for each in tracer.spans] == [6.0, 2.0, 0.5, 1.5, 0.25, 0.25]
    assert tracer.spans[1].began == NOON - 5 * SECOND
    assert tracer.spans[2].attributes[names.ROWS] == 2
    assert tracer.spans[3].attributes[names.WAL] == 9
    assert tracer.metrics == [(names.REHEARSALS, 6.0, {names.OUTCOME: "done"})]


def test_no_span_ends_after_the_rehearsal() -> None:
    """What is measured of the statements may be more than its clock has seen."""
    tracer = FakeTracer()

    observe_rehearsal(tracer, Rehearsal(migrations=FOUND.migrations, seconds=1.0), NOON)

    assert all(each.at is not None and each.began <= each.at <= NOON for each in tracer.spans)


def test_one_that_could_not_be_held_is_an_error() -> None:
    tracer = FakeTracer()

    observe_rehearsal(tracer, Rehearsal(problem="No server.", hint="Start one."), NOON)

    assert tracer.only("rehearsal").error == "NoRehearsal"


def test_a_backup_by_itself() -> None:
    tracer = FakeTracer()

    observe_backup(tracer, "staging", BackupSummary("b1", 70, 2.0, NOON), NOON)

    assert tracer.only("backup").seconds == 2.0
    assert tracer.metrics == [(names.BYTES, 70, {names.TARGET: "staging"})]
