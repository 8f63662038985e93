"""From a pull request to production, as the author, the reviewer and the pipeline see it."""

from tests.story.stage import INDEX, MENDED, RISKY, SHOP, Stage, script


def test_a_risky_migration_is_mended_approved_merged_and_applied_everywhere(stage: Stage) -> None:
    opened = stage.propose({script(INDEX): RISKY})
    check = stage.check(opened)
    print(check.log)
    print(stage.comment())
    assert check.status == 1
    for event in (stage.push({script(INDEX): MENDED}), stage.hub.review(SHOP, 1, author="grace")):
        check = stage.check(event)
        print(check.log, stage.comment())
        assert check.status == 0
    run = stage.deploy(stage.merge(1))
    print(run.jobs["staging"].log, run.jobs["production"].log)
    print(stage.comment())
    print(run.jobs)
    assert run.conclusion == "success"
