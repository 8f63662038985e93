"""A pull request has exactly one comment of the bot, and it never goes back in time."""

import pytest

from tests.story.stage import COUNTRY, HARMLESS, INDEX, MARKER, MENDED, RISKY, SHOP, Stage, script


@pytest.mark.slow
def test_a_marker_that_somebody_else_pasted_is_nothing_to_the_bot(stage: Stage) -> None:
    stage.propose({script(INDEX): RISKY}, branch="first")
    first = next(each for each in stage.hub.events if each.name == "pull_request")
    stage.check(first)
    pasted = stage.comment(1)
    second = stage.propose({script(COUNTRY): HARMLESS}, branch="second")
    stranger = stage.hub.comment(SHOP, 2, author="linus", body=pasted).payload["comment"]["id"]
    stage.check(second)
    assert stage.pull(2).comments[stranger].body == pasted
    assert "### 🟢 1 new migration" in stage.comment(2)


@pytest.mark.soak
@pytest.mark.slow
def test_the_comment_is_found_among_many(stage: Stage) -> None:
    opened = stage.propose({script(INDEX): RISKY})
    for number in range(35):
        stage.hub.comment(SHOP, 1, author="linus", body=f"{MARKER} chatter {number}")
    stage.check(opened)
    (first,) = stage.comments()
    for number in range(110):
        stage.hub.comment(SHOP, 1, author="alan", body=f"chatter {number}")
    stage.check(stage.push({script(INDEX): MENDED}))
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 new migration" in stage.comment()


@pytest.mark.slow
def test_a_run_that_was_overtaken_does_not_speak_last(stage: Stage) -> None:
    stale = stage.propose({script(INDEX): RISKY})
    stage.check(stage.push({script(INDEX): MENDED}), run_id=205)
    newer = stage.comment()
    job = stage.check(stale, run_id=204)
    assert job.status == 1
    assert stage.comment() == newer


@pytest.mark.soak
@pytest.mark.slow
def test_a_second_comment_of_ours_is_removed(stage: Stage) -> None:
    opened = stage.propose({script(INDEX): RISKY})
    stage.check(opened)
    (first,) = stage.comments()
    stage.hub.comment(SHOP, 1, author="github-actions[bot]", body=stage.comment())
    stage.check(stage.push({script(INDEX): MENDED}))
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 new migration" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_other_comments_of_the_same_account_are_left_alone(stage: Stage) -> None:
    opened = stage.propose({script(COUNTRY): HARMLESS})
    other = "Deployed a preview."
    stage.hub.comment(SHOP, 1, author="github-actions[bot]", body=other)
    stage.check(opened)
    assert [body for body in stage.comments().values() if not body.startswith(MARKER)] == [other]
    assert len(stage.comments()) == 2


@pytest.mark.soak
@pytest.mark.slow
def test_without_migrations_any_more_the_comment_says_so(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): RISKY, "README.md": "# Shop\n"}))
    job = stage.check(stage.push({script(INDEX): None}))
    assert job.status == 0
    assert "### 🟢 No new migrations" in stage.comment()


@pytest.mark.slow
def test_an_edited_comment_opens_nothing(stage: Stage) -> None:
    """Whoever may write to the repository may write anything into the comment."""
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    (number,) = stage.comments()
    forged = stage.comment().replace(
        "0 of 1 needed", "1 of 1 needed\n\n- `grace` approved this text"
    )
    stage.hub.edit_comment(SHOP, 1, number, author="ada", body=forged)
    run = stage.deploy(stage.merge(1))
    assert run.jobs["production"].status == 3
    assert stage.applied("production") == []
    assert "0 of 1 needed" in stage.comment()
    assert "`grace`" not in stage.comment()
