"""What has to be told from the event to the database: for each, the stories that tell it.

In all of them nothing happens but events, and the workflows that they start.
"""

import ast

import pytest

from tests.story.held import TESTS, not_there

STORIES = {
    "a pull request from a fork": [
        "test_forks.py::test_what_a_forks_check_found_stands_in_the_comment",
        "test_events.py::test_a_merged_fork_is_applied_like_any_other",
    ],
    "a push after the approval": [
        "test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_before_the_last_push]",
        "test_commands.py::test_a_push_after_an_approval_by_comment_takes_it_back",
    ],
    "a stale approval": ["test_approval.py::test_a_stale_approval_is_told_with_what_changed_since"],
    "the author's own approval": [
        "test_approval.py::test_production_is_not_touched_when_the_approval_is_of[the_author]",
        "test_commands.py::test_the_author_approves_nothing_of_what_somebody_else_merges",
    ],
    "a squash merge": [
        "test_approval.py::test_an_approval_is_carried_over_every_kind_of_merge_by_the_text_alone"
        "[squash]",
    ],
    "a failure in staging, and another try": [
        "test_failures.py::test_a_failure_on_staging_is_told_and_production_is_not_begun",
        "test_failures.py::test_once_the_data_is_mended_the_same_job_succeeds",
        "test_commands.py::test_what_failed_in_staging_is_tried_again",
    ],
    "a frozen production, and an override": [
        "test_gates.py::test_a_freeze_keeps_production_closed_until_somebody_overrides_it",
    ],
    "the command to roll back": [
        "test_commands.py::test_what_a_pull_request_brought_is_taken_back_by_a_comment",
        "test_commands.py::test_what_failed_half_way_is_marked_as_taken_back_and_applied_anew",
    ],
    "the merge queue": [
        "test_merge_queue.py::test_what_the_queue_lets_through_is_applied_everywhere",
        "test_events.py::test_a_merge_queue_is_checked_without_a_comment",
    ],
    "two pull requests whose times interleave": [
        "test_merge_queue.py::test_of_two_green_ones_that_interleave_the_queue_stops_the_one_that_"
        "comes_too_late",
        "test_history.py::test_a_migration_older_than_the_newest_on_main_is_moved_by_the_comments_"
        "command",
    ],
    "a base that moves after the check was green": [
        "test_recheck.py::test_the_one_that_a_merge_overtook_is_told_and_not_its_neighbours",
    ],
    "more than thirty comments of others": [
        "test_one_comment.py::test_the_comment_is_found_among_many"
    ],
    "the token of an app": [
        "test_app.py::test_an_app_keeps_one_comment_from_the_check_to_production",
        "test_app.py::test_the_button_of_an_apps_check_run_checks_again",
    ],
    "a marker that a stranger pasted": [
        "test_one_comment.py::test_a_marker_that_somebody_else_pasted_is_nothing_to_the_bot",
    ],
    "a plan that changes while somebody looks at it": [
        "test_gates.py::test_a_plan_that_changed_while_a_reviewer_looked_at_it_is_refused_statement_"
        "by_statement",
    ],
}


@pytest.mark.parametrize("story", STORIES)
def test_it_is_told_by_stories_that_exist(story: str) -> None:
    assert STORIES[story]
    assert not_there(f"story/{each}" for each in STORIES[story]) == []


def test_each_of_them_plays_on_the_stage() -> None:
    named = {each.partition("[")[0] for names in STORIES.values() for each in names}
    for path, _, name in (each.partition("::") for each in named):
        tree = ast.parse((TESTS / "story" / path).read_text(encoding="utf-8"))
        (test,) = (
            each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == name
        )
        assert "stage" in [each.arg for each in test.args.args], name
