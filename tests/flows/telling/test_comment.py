"""One comment, whatever happens: written, found again, rewritten, or left alone."""

from dataclasses import replace

import pytest

from bot.core.approval import Opinion, StaleApproval
from bot.core.event import Event
from bot.core.history import History
from bot.core.pull import Comment
from bot.core.settings import Settings
from bot.flows.reviewing.review import review_change
from bot.flows.telling.comment import (
    comment_key,
    keep_comment,
    names_in,
    report_after_merge,
    report_on,
)
from bot.report.report import Report
from bot.world import World
from tests.fakes import NOON, history
from tests.flows.world import APPROVED, HEAD, INIT, MORE, NUMBER, RISKY, Stage, facts, pull


def report(stage: Stage, world: World) -> Report:
    review = review_change(stage.checkout.change(None, NOON), world)
    return report_on(pull(merged=False), review, world, commit=HEAD)


def keep(stage: Stage) -> None:
    world = stage.world()
    keep_comment(report(stage, world), world)


def test_the_first_report_is_written_and_the_next_rewrites_it() -> None:
    stage = Stage(newest=RISKY)
    keep(stage)
    assert "index-create-blocking" in stage.comments[0]

    mended = Stage(newest=MORE, runner=replace(stage.runner, id=2))
    mended.github.comments = stage.github.comments
    keep(mended)

    assert len(mended.comments) == 1
    assert "index-create-blocking" not in mended.comments[0]


def test_a_run_that_was_overtaken_does_not_write_over_a_newer_report() -> None:
    newer = Stage(newest=RISKY)
    newer.runner.id = 5
    keep(newer)
    before = newer.comments

    older = Stage(newest=MORE)
    older.github.comments = newer.github.comments
    keep(older)

    assert older.comments == before


def test_doubles_are_deleted_and_comments_of_others_stay() -> None:
    stage = Stage()
    keep(stage)
    ours = stage.github.comments[NUMBER][0]
    other = Comment(3, "I like it.")
    stage.github.comments[NUMBER] = [ours, Comment(2, ours.body), other]

    keep(stage)

    assert [each.id for each in stage.github.comments[NUMBER]] == [1, 3]
    assert stage.github.comments[NUMBER][1] == other


def test_a_pull_request_without_migrations_gets_no_comment() -> None:
    stage = Stage()
    stage.checkout.head_history = history(INIT)

    keep(stage)

    assert stage.comments == []


def test_a_pull_request_whose_migrations_were_taken_back_keeps_its_comment_up_to_date() -> None:
    stage = Stage(newest=RISKY)
    keep(stage)
    stage.checkout.head_history = history(INIT)
    stage.runner.id = 2
    keep(stage)

    assert len(stage.comments) == 1
    assert RISKY.name not in stage.comments[0]


def test_another_database_of_the_repository_has_a_comment_of_its_own() -> None:
    stage = Stage()
    keep(stage)
    world = replace(stage.world(), settings=Settings(folder="billing/migrations"))
    keep_comment(report(stage, world), world)

    assert len(stage.comments) == 2
    assert comment_key(report(stage, world), world) != comment_key(
        report(stage, stage.world()), stage.world()
    )


def test_approvals_are_counted_and_stale_ones_named() -> None:
    stage = Stage()
    earlier = Opinion("grace", "APPROVED", "0" * 40, NOON)
    assert [each.login for each in report(stage, stage.world()).approvals] == ["grace"]

    stage.github.pull_facts[NUMBER] = facts(earlier)
    made = report(stage, stage.world())
    added = f"`{MORE.name}`: `CREATE TABLE b (id int PRIMARY KEY)` was added"
    stale = StaleApproval("grace", "0" * 40, (added,))
    assert (made.approvals, made.stale, made.needed) == ((), (stale,), 1)
    assert APPROVED[0].commit == HEAD


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((MORE.path,), (MORE.name,)),
        ((MORE.path, INIT.path), (INIT.name, MORE.name)),
        ((f"prisma/migrations/{MORE.name}/down.sql", "README.md"), ()),
    ],
)
def test_the_migrations_of_a_pull_request_are_those_whose_scripts_it_touches(
    files: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    whole: History = history(INIT, MORE)
    assert names_in(pull(files=files), whole) == expected


def test_after_the_merge_the_report_is_on_what_came_in() -> None:
    made = report_after_merge(pull(), Stage().world())

    assert [each.migration.name for each in made.review.migrations] == [MORE.name]
    assert made.merged
    assert [each.target for each in made.targets] == ["staging", "production"]


def test_who_started_a_run_counts_against_them_only_after_the_merge() -> None:
    """A check of open pull requests is started by whoever pushed to the base branch."""
    stage = Stage()
    stage.runner.started_for = Event("push", {"sender": {"login": "grace"}}, HEAD)
    review = review_change(stage.checkout.change(None, NOON), stage.world())
    merged = report_on(pull(), review, stage.world(), commit=HEAD)
    still_open = report_on(pull(merged=False), review, stage.world(), commit=HEAD)

    assert merged.approvals == ()
    assert [each.login for each in still_open.approvals] == ["grace"]
