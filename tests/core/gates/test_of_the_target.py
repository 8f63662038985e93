"""Order, rows, drift and backup: what a rollout enforces by itself, stated as gates."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.backups.backup import Proof, ProvedBackup
from bot.core.backups.level import Level
from bot.core.backups.sources import Rds
from bot.core.drift.drift import Drift
from bot.core.gates.backup import backup_gate
from bot.core.gates.drift import drift_gate
from bot.core.gates.order import order_gate
from bot.core.gates.rows import rows_gate
from bot.core.gates.settled import settled
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.progress import BackupSummary
from bot.core.settings import default_targets
from bot.core.targets.target import DriftMode
from bot.errors import HistoryError
from bot.rollout.preflight.agreement import require_agreement
from tests.fakes import MANIFEST, NOON, FakeCheckout, applied, history, migration, world

_, STAGING, PRODUCTION = default_targets().values()
INIT = migration("20260101000000_init", "CREATE TABLE a()")
MORE = migration("20260201000000_more", "CREATE TABLE b()")
TAKEN = BackupSummary("b-2", 1024, 2.0, NOON, "proved by restoring 3 tables", level=Level.RESTORE)


def failed() -> list[AppliedMigration]:
    return [applied(INIT, finished=False)]


ROWS = {
    "agrees": [applied(INIT)],
    "edited": [replace(applied(INIT), checksum="0" * 64)],
    "missing": [applied(INIT), applied(migration("20250101000000_gone"))],
    "out of order": [applied(MORE)],
    "failed": failed(),
    "failed and edited": [replace(applied(INIT), checksum="0" * 64), applied(MORE, finished=False)],
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_a_rollout_refuses_exactly_what_order_or_rows_keep_closed(
    rows: list[AppliedMigration],
) -> None:
    """One truth, shown in two places, in the same words."""
    plan = make_plan("staging", [INIT, MORE], rows)
    gates = order_gate(plan), rows_gate(plan)
    shut = [each for each in gates if not each.open]
    if not shut:
        require_agreement(plan, world(FakeCheckout(history(INIT, MORE))))
        return
    with pytest.raises(HistoryError) as refused:
        require_agreement(plan, world(FakeCheckout(history(INIT, MORE))))
    for each in shut:
        for said in each.reason.split("; "):
            assert said in refused.value.message
        assert each.hint


def test_a_failed_row_closes_rows_and_an_edited_text_order() -> None:
    plan = make_plan("staging", [INIT, MORE], ROWS["failed and edited"])

    assert "never finished" in rows_gate(plan).reason
    assert "was edited" in order_gate(plan).reason
    assert "never finished" not in order_gate(plan).reason
    assert order_gate(make_plan("staging", [INIT], failed())).open


def test_before_it_is_looked_for_drift_says_what_would_become_of_it() -> None:
    assert "a difference stops it" in drift_gate(PRODUCTION).reason
    assert "and told" in drift_gate(STAGING).reason
    assert drift_gate(replace(STAGING, drift=DriftMode.OFF)).reason == "nobody looks"


@pytest.mark.parametrize(
    ("found", "is_open", "says"),
    [
        (Drift(DriftMode.REFUSE), True, "is what its applied migrations make"),
        (Drift(DriftMode.REFUSE, unknown="no server"), True, "not looked for: no server"),
        (Drift(DriftMode.REFUSE, ("lacks table a",)), False, "1 difference"),
        (Drift(DriftMode.REPORT, ("lacks table a",), more=2), True, "let through, 3 differences"),
    ],
)
def test_what_was_found_is_told(found: Drift, is_open: bool, says: str) -> None:
    gate = drift_gate(PRODUCTION, found)

    assert gate.open is is_open
    assert says in gate.reason
    assert bool(gate.hint) is not is_open


def test_the_backup_gate_tells_age_and_level_of_the_last_proof_and_that_one_is_taken() -> None:
    last = ProvedBackup(MANIFEST, Proof("b-1", "18.1", 2.0, 3, 40))
    later = NOON + timedelta(hours=3)

    assert backup_gate(PRODUCTION, later, last=last).reason == (
        "one is taken and proved by restoring it before anything is run; the last is "
        "3 h old, proved by restoring it on PostgreSQL 18.1"
    )
    assert "none is kept on this machine" in backup_gate(PRODUCTION, later).reason
    assert backup_gate(PRODUCTION, later, taken=TAKEN).reason.startswith("b-2 is proved by")
    assert backup_gate(STAGING, later).reason == "staging asks for none"


def test_a_backup_below_the_level_that_is_asked_for_keeps_the_gate_closed() -> None:
    read = replace(TAKEN, proof="proved by reading every file to its end", level=Level.DECODE)
    shut = backup_gate(PRODUCTION, NOON + timedelta(minutes=5), taken=read)
    assert not shut.open
    assert shut.reason == (
        "b-2 is 5 min old and proved by reading every file to its end; production asks for "
        "restoring it"
    )
    assert "backup.level" in shut.hint
    asks_less = replace(PRODUCTION, backup=replace(PRODUCTION.backup, level=Level.DECODE))
    assert backup_gate(asks_less, NOON, taken=read).open
    assert not backup_gate(PRODUCTION, NOON, taken=replace(TAKEN, proof="", level=None)).open


def test_the_last_backup_may_have_been_proved_to_another_level() -> None:
    read = ProvedBackup(MANIFEST, Proof("b-1", "", 2.0, 0, 0, level=Level.DECODE))
    told = backup_gate(PRODUCTION, NOON, last=read).reason
    assert told.endswith("the last is 0 s old, proved by reading every file to its end")
    differs = ProvedBackup(MANIFEST, Proof("b-1", "18.1", 2.0, 3, 40, ("table a is missing",)))
    assert backup_gate(PRODUCTION, NOON, last=differs).reason.endswith("proved to differ")


def test_a_recovery_point_is_looked_for_where_they_are_kept() -> None:
    rds = replace(PRODUCTION, backup=replace(PRODUCTION.backup, source=Rds("platform")))
    assert backup_gate(rds, NOON).reason == (
        "a recovery point is made in RDS before anything is run"
    )
    found = replace(rds, backup=replace(rds.backup, make=False))
    assert "is looked for in RDS" in backup_gate(found, NOON).reason


def test_after_a_rollout_the_gates_say_what_was_found_and_taken() -> None:
    gates = drift_gate(PRODUCTION), backup_gate(PRODUCTION, NOON), rows_gate(make_plan("p", [], []))
    drift = Drift(DriftMode.REFUSE)
    found = settled(gates, PRODUCTION, NOON, found=drift, taken=TAKEN)

    assert [each.name for each in found] == ["drift", "backup", "rows"]
    assert found[0] == drift_gate(PRODUCTION, drift)
    assert found[1].reason.startswith("b-2 is")
    assert settled(gates, PRODUCTION, NOON, found=None, taken=None) == gates
