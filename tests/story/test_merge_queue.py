"""The merge queue: what would be merged is judged once more, on top of what came first."""

import pytest

from tests.story.stage import COUNTRY, HARMLESS, INDEX, MENDED, SHOP, TARGETS, Stage, script

pytestmark = pytest.mark.slow


@pytest.mark.soak
def test_what_the_queue_lets_through_is_applied_everywhere(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.hub.review(SHOP, 1, author="grace")
    assert stage.queue(1).status == 0
    run = stage.deploy(stage.merge(1, method="merge"))
    assert run.conclusion == "success", run.jobs["production"].log
    assert [stage.applied(name) for name in TARGETS] == [[COUNTRY], [COUNTRY]]
    assert "### 🟢 1 migration applied to production" in stage.comment()


def test_of_two_green_ones_that_interleave_the_queue_stops_the_one_that_comes_too_late(
    stage: Stage,
) -> None:
    early = stage.propose({script(INDEX): MENDED}, branch="early")
    late = stage.propose({script(COUNTRY): HARMLESS}, branch="late")
    assert [stage.check(each).status for each in (early, late)] == [0, 0]
    assert stage.queue(2).status == 0
    stage.merge(2)
    stopped = stage.queue(1)
    assert stopped.status == 1
    assert "prisma-out-of-order" in stopped.log + stopped.summary
    assert [stage.applied(name) for name in TARGETS] == [[], []]
