"""One comment, whatever happens: written, found again, rewritten, or left alone."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.core.approvals.approval import Opinion, StaleApproval
from bot.core.github.deployment import Deployment
from bot.core.github.event import Event
from bot.core.github.pull import Comment
from bot.core.migrations.history import History
from bot.core.rehearsals.rehearsal import Rehearsal, RehearsalServer, RehearsedMigration
from bot.core.rollouts.progress import Progress, State
from bot.core.settings import Settings
from bot.core.targets.target import Kind
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
from tests.fakes import NOON, FakeGitHub, history
from tests.flows.world import APPROVED, HEAD, INIT, MERGE, MORE, NUMBER, RISKY, Stage, facts, pull


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


@dataclass
class Counting(FakeGitHub):
    """Keeps count of what was written."""

    written: list[str] = field(default_factory=list)

    def create_comment(self, pull: int, body: str, *, mine: Callable[[str], bool]) -> None:
        self.written.append("create")
        super().create_comment(pull, body, mine=mine)

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        self.written.append("edit")
        super().edit_comment(pull, comment, body)


def counting(stage: Stage) -> list[str]:
    github = stage.github
    stage.github = Counting(github.pulls, github.brought, github.pull_facts)
    return stage.github.written


def test_nothing_is_written_when_nothing_changed() -> None:
    stage = Stage(newest=RISKY)
    written = counting(stage)
    for _ in range(3):
        keep(stage)

    assert written == ["create"]


def test_that_no_migration_is_left_is_said_once() -> None:
    stage = Stage(newest=RISKY)
    written = counting(stage)
    keep(stage)
    stage.checkout.head_history = history(INIT)
    for number in (2, 3, 4):
        stage.runner.id = number
        keep(stage)

    assert written == ["create", "edit"]
    assert "### 🟢 No new migrations" in stage.comments[0]


def rehearsed_comment(stage: Stage) -> None:
    world = stage.world()
    made = report(stage, world)
    server = RehearsalServer("18.6", 18, "given", 18)
    found = Rehearsal(server, migrations=(RehearsedMigration(MORE.name),))
    keep_comment(replace(made, review=replace(made.review, rehearsal=found)), world)


def test_after_the_merge_the_rehearsal_is_where_it_was_made() -> None:
    stage = Stage()
    rehearsed_comment(stage)
    assert "Rehearsed on PostgreSQL 18.6" in stage.comments[0]

    for number in (2, 3):
        stage.runner.id = number
        world = stage.world()
        keep_comment(report_after_merge(pull(), world), world)

        assert "summary of [the check's run](" in stage.comments[0]
        assert "/actions/runs/1)" in stage.comments[0]


def test_where_nothing_was_rehearsed_nothing_is_pointed_to() -> None:
    stage = Stage()
    keep(stage)
    stage.runner.id = 2
    world = stage.world()
    keep_comment(report_after_merge(pull(), world), world)

    assert "Rehears" not in stage.comments[0]


def rolled_out(stage: Stage, *, at: datetime, run: int) -> None:
    """What a run has done to staging, told by it."""
    stage.runner.id = run
    world = stage.world()
    done = Progress("staging", Kind.STAGING, State.FAILED, at, message="no", run_url=f"runs/{run}")
    keep_comment(report_after_merge(pull(), world, known=[done]), world, rollout=done)


def recorded(stage: Stage, *, at: datetime, run: int) -> None:
    made = Deployment(
        "staging", MERGE, State.APPLIED, at, {MORE.name: MORE.checksum}, run_url=f"runs/{run}"
    )
    stage.github.announced.append(made)


def test_an_older_run_that_was_run_again_and_rolled_out_is_heard() -> None:
    stage = Stage()
    stage.runner.id = 9
    world = stage.world()
    keep_comment(report_after_merge(pull(), world), world)
    recorded(stage, at=NOON, run=9)

    rolled_out(stage, at=NOON + timedelta(minutes=5), run=3)

    assert "### 🔴 Failed in staging" in stage.comments[0]


def test_an_older_run_is_not_heard_where_a_newer_one_has_rolled_out_after_it() -> None:
    stage = Stage()
    stage.runner.id = 9
    recorded(stage, at=NOON + timedelta(minutes=5), run=9)
    world = stage.world()
    keep_comment(report_after_merge(pull(), world), world)

    rolled_out(stage, at=NOON, run=3)

    assert "Failed" not in stage.comments[0]
