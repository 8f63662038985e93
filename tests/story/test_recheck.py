"""Two pull requests whose timestamps interleave, and a base that moves after both were green."""

import pytest

from tests.harness.shipping import ROOT
from tests.story.stage import COUNTRY, HARMLESS, INDEX, MENDED, Stage, script

RECHECK = ROOT / ".github/workflows/migration-recheck.yml"


@pytest.mark.slow
def test_the_one_that_a_merge_overtook_is_told_and_not_its_neighbours(stage: Stage) -> None:
    early = stage.propose({script(INDEX): MENDED}, branch="early")
    late = stage.propose({script(COUNTRY): HARMLESS}, branch="late")
    assert stage.check(early).status == stage.check(late).status == 0
    before = stage.comment(1)
    assert "prisma-out-of-order" not in before
    run = stage.run(RECHECK, stage.merge(2))
    recheck, warm = run.jobs["recheck"], run.jobs["warm"]
    assert recheck.result == warm.result == "success", recheck.log + warm.log
    assert "#1: judged again: block" in recheck.log
    assert "prisma-out-of-order" in stage.comment(1)
    assert f"rehearsals start from {COUNTRY} now" in warm.log
    assert "git mv" in stage.comment(1)


@pytest.mark.soak
@pytest.mark.slow
def test_a_fork_is_judged_again_without_its_sql_being_run(stage: Stage) -> None:
    stage.hub.set_role("acme/shop", "mallory", "read")
    stage.hub.fork("acme/shop", author="mallory")
    stage.hub.push("mallory/shop", "topic", {script(INDEX): MENDED}, author="mallory")
    stage.hub.open_pull_request(
        "acme/shop", author="mallory", head="topic", head_repository="mallory/shop", title="Outside"
    )
    stage.propose({script(COUNTRY): HARMLESS}, branch="late")
    run = stage.run(RECHECK, stage.merge(2))
    assert "#1: judged again: block" in run.jobs["recheck"].log
    comment = stage.comment(1)
    assert "prisma-out-of-order" in comment
    assert "Rehearsal" not in comment
