"""A fleet that one job cannot hold, from the merge to every tenant of production."""

import pytest

from tests.story.fleets import TENANTS, applied_to, become_fleets
from tests.story.stage import COUNTRY, HARMLESS, INIT, SHOP, TARGETS, Stage, script
from tests.story.test_audit import records

pytestmark = pytest.mark.slow


@pytest.mark.soak
def test_a_fleet_is_migrated_by_the_matrix_and_told_as_one(stage: Stage) -> None:
    become_fleets(stage, *TARGETS)
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    results = {name: job.result for name, job in run.jobs.items() if job.result != "skipped"}
    assert results == {
        f"{target}{part}": "success" for target in TARGETS for part in ("", "_slices", "_rest")
    }
    for target in TARGETS:
        assert applied_to(stage, target) == {tenant: [INIT, COUNTRY] for tenant in TENANTS}
        assert len(run.jobs[f"{target}_slices"].legs) == 2
        assert stage.states(target)[-1] == "success"
    assert "### 🟢 1 migration applied to production" in stage.comment()
    parts = ("", "-1-of-2", "-2-of-2")
    kept = records(stage)
    assert list(kept) == [f"migration-audit-{name}{part}-1" for name in TARGETS for part in parts]
    for each in kept.values():
        assert [done["applied"] for done in each["record"]["migrations"]] == [True]


@pytest.mark.soak
def test_a_command_on_a_fleet_reaches_every_tenant(stage: Stage) -> None:
    become_fleets(stage, "staging")
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.hub.review(SHOP, 1, author="grace")
    stage.merge(1)
    run = stage.command(1, "/migrate apply staging")
    results = {name: job.result for name, job in run.jobs.items() if job.result != "skipped"}
    assert set(results.values()) == {"success"}
    assert set(results) == {"command", "staging", "staging_slices", "staging_rest"}
    assert applied_to(stage, "staging") == {tenant: [INIT, COUNTRY] for tenant in TENANTS}
