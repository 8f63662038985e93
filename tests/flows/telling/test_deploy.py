"""A rollout told to GitHub, and what happens when GitHub, or the target, does not play along."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.drift.drift import Expected
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rollouts.progress import State
from bot.core.schemas.schema import Snapshot
from bot.core.settings import default_targets
from bot.core.targets.target import DriftMode
from bot.errors import GateClosed, GitHubError, HistoryError, PostgresError
from bot.flows.telling.deploy import deploy
from tests.fakes import FakeDatabase, FakeSchemas, applied, migration
from tests.flows.world import INIT, MERGE, MORE, Stage

STAGING, PRODUCTION = (default_targets()[name] for name in ("staging", "production"))
REFUSED = PostgresError("PostgreSQL did not let me run it: no.", hint="Look.", sqlstate="42P07")


def states(stage: Stage) -> list[State]:
    return [each.state for each in stage.github.announced]


def names(database: FakeDatabase) -> list[str]:
    return [row.name for row in database.rows]


def test_staging_and_then_production_are_applied_and_told_in_one_comment() -> None:
    stage = Stage()

    assert deploy(STAGING, MERGE, stage.world()).state is State.APPLIED
    stage.runner.id = 2
    done = deploy(PRODUCTION, MERGE, stage.world())

    assert done.migrations == (MORE.name,)
    assert names(stage.staging) == names(stage.production) == [INIT.name, MORE.name]
    assert states(stage) == [State.APPLYING, State.APPLIED] * 2
    assert [each.target for each in stage.github.announced] == ["staging"] * 2 + ["production"] * 2
    assert stage.github.announced[-1].texts == {MORE.name: MORE.checksum}
    assert len(stage.comments) == 1
    assert "staging ✅ applied · production ✅ applied" in stage.comments[0]


def test_github_being_down_does_not_change_what_happens_to_a_target() -> None:
    stage = Stage()
    stage.github.down = True

    with pytest.raises(GitHubError):
        deploy(STAGING, MERGE, stage.world())

    assert names(stage.staging) == [INIT.name, MORE.name]
    assert stage.github.announced == []


def test_a_target_whose_approvals_cannot_be_read_is_not_touched() -> None:
    stage = Stage()
    stage.github.down = True

    with pytest.raises(GitHubError):
        deploy(PRODUCTION, MERGE, stage.world())

    assert names(stage.production) == [INIT.name]
    assert stage.production.diary == []


def test_without_github_a_target_is_applied_all_the_same() -> None:
    stage = Stage()

    assert deploy(STAGING, MERGE, stage.world(github=False)).state is State.APPLIED
    assert names(stage.staging) == [INIT.name, MORE.name]


def test_a_closed_gate_is_told_as_closed_and_touches_nothing() -> None:
    stage = Stage(opinions=())

    with pytest.raises(GateClosed, match="production is closed"):
        deploy(PRODUCTION, MERGE, stage.world())

    assert states(stage)[-1] is State.CLOSED
    assert names(stage.production) == [INIT.name]
    assert "has 0 of 1 approvals" in stage.comments[0]


def test_a_failure_is_told_with_what_happened_and_what_to_do() -> None:
    stage = Stage()
    stage.staging.refuse = {MORE.sql.rstrip(";"): [REFUSED], MORE.sql: [REFUSED]}

    with pytest.raises(PostgresError, match=f"{MORE.name}, line 1: "):
        deploy(STAGING, MERGE, stage.world())

    assert states(stage) == [State.APPLYING, State.FAILED]
    assert names(stage.staging) == [INIT.name]
    assert "did not let me run it: no" in stage.comments[0]


def test_what_a_rollout_applied_before_it_stopped_is_recorded_as_applied() -> None:
    stage = Stage()
    stage.staging.rows.clear()
    stage.staging.refuse = {MORE.sql.rstrip(";"): [REFUSED], MORE.sql: [REFUSED]}
    with pytest.raises(PostgresError):
        deploy(STAGING, MERGE, stage.world())

    assert states(stage) == [State.APPLYING, State.FAILED, State.APPLIED]
    assert stage.github.announced[-1].texts == {INIT.name: INIT.checksum}


def test_histories_that_disagree_are_told_and_nothing_is_applied() -> None:
    stage = Stage()
    stage.staging.rows.append(applied(migration("20260115000000_elsewhere")))

    with pytest.raises(HistoryError, match="20260115000000_elsewhere is applied there"):
        deploy(STAGING, MERGE, stage.world())

    assert MORE.name not in names(stage.staging)
    assert len(stage.comments) == 1


class _Makes(FakeSchemas):
    """Schemas of a history: a table that no target here has."""

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        made: Snapshot = {("table", "public.a"): ()}
        return Expected(made, made, major=18)


def test_drift_is_told_once_line_by_line() -> None:
    stage = Stage()
    stage.staging.shapes = [{}]
    given = replace(stage.world(), schemas=_Makes())

    with pytest.raises(HistoryError, match="lacks table"):
        deploy(replace(STAGING, drift=DriftMode.REFUSE), MERGE, given)

    (comment,) = stage.comments
    assert comment.count("lacks table public.a") == 1
    assert "is not what its applied migrations make." in comment


def test_a_second_run_has_nothing_to_do_and_leaves_the_comment_alone() -> None:
    stage = Stage()
    deploy(STAGING, MERGE, stage.world())
    told, comments = len(stage.github.announced), stage.comments

    again = deploy(STAGING, MERGE, stage.world())

    assert again.migrations == ()
    assert len(stage.github.announced) == told
    assert stage.comments == comments


def test_what_was_applied_and_never_recorded_is_recorded_by_the_next_run() -> None:
    """Else production would wait for staging for ever."""
    stage = Stage()
    stage.github.down = True
    with pytest.raises(GitHubError):
        deploy(STAGING, MERGE, stage.world())

    stage.github.down = False
    deploy(STAGING, MERGE, stage.world())

    assert stage.github.announced[-1].texts == {MORE.name: MORE.checksum}
    assert deploy(PRODUCTION, MERGE, stage.world()).state is State.APPLIED


def test_a_target_that_does_not_answer_is_told_on_the_comment_and_not_recorded() -> None:
    stage = Stage()
    development = default_targets()["development"]

    with pytest.raises(PostgresError, match="does not answer"):
        deploy(development, MERGE, stage.world())

    assert stage.github.announced == []


class _MakesMore(FakeSchemas):
    """A history whose new migration makes what this target does not have afterwards."""

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        return Expected({}, {("table", "public.b"): ()}, major=18)


def test_what_was_found_wrong_afterwards_is_noted_where_the_next_target_looks() -> None:
    stage = Stage()
    stage.staging.shapes = [{}]
    given = replace(stage.world(), schemas=_MakesMore())
    done = deploy(replace(STAGING, drift=DriftMode.REPORT), MERGE, given)

    assert done.state is State.APPLIED
    assert stage.github.announced[-1].note.startswith("Not verified: The schema is not what")
    with pytest.raises(GateClosed, match="staging has applied it, and was found wrong"):
        deploy(PRODUCTION, MERGE, stage.world())
