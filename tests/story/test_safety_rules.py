"""The safety rules that are never traded away, each with the tests that hold it.

A rule without a test, or one that names a test that is not there, fails.
"""

import pytest

from tests.story.held import not_there

RULES = {
    "SQL from a pull request is not run at all by a check; what is merged goes over the protocol, "
    "never through psql, and nothing secret is near a throw-away server": [
        "workflows/test_action.py::test_a_check_has_a_token_for_its_comment_and_nothing_secret",
        "workflows/test_action.py::test_nothing_of_a_pull_request_is_importable_beside_the_token",
        "sql/test_parse.py::test_what_only_psql_understands_is_named",
        "story/test_hostile_text.py::test_a_hostile_branch_is_checked_like_any_other",
        "adapters/postgres/test_server.py::test_nothing_of_our_environment_reaches_the_server",
    ],
    "Secrets never reach a log, comment, summary, artifact, marker or exception": [
        "story/test_secrets.py::test_a_database_that_is_not_reached_tells_nothing_of_its_address",
        "story/test_secrets.py::test_a_migration_cannot_read_its_own_connection_string_out",
        "story/test_secrets.py::test_the_search_for_secrets_finds_one",
        "core/test_redact.py::test_no_canary_survives_in_any_form",
        "adapters/postgres/backups/test_dump.py::test_no_secret_is_in_an_argument_an_error_or_a_file",
        "adapters/github/test_client.py::test_pygithub_writes_no_log_of_its_own",
        "report/comment/test_comment.py::test_a_secret_marker_carries_nothing_from_the_repository",
        "adapters/checkout/test_folder.py::test_a_linked_script_never_leads_to_a_secret",
    ],
    "Text from a repository never becomes markup, a mention, a workflow command or code": [
        "story/test_hostile_text.py::test_hostile_text_does_not_move_a_line_of_the_comment",
        "story/test_hostile_text.py::test_hostile_names_are_shown_and_do_nothing",
        "story/test_hostile_text.py::test_what_the_server_says_is_no_command",
        "core/test_log.py::test_nothing_the_runner_acts_upon_is_left",
        "report/comment/test_comment.py::test_hostile_text_mentions_nobody_and_hides_nothing",
        "report/test_escape.py::test_a_workflow_command_stays_one_command",
        "report/test_template.py::test_every_filter_answers_with_escaped_text",
        "workflows/test_action.py::test_nothing_of_the_working_directory_is_importable",
    ],
    "The comment only displays; authority is recomputed from reviews, deployments and the target": [
        "story/test_one_comment.py::test_a_marker_that_somebody_else_pasted_is_nothing_to_the_bot",
        "story/test_one_comment.py::test_an_edited_comment_opens_nothing",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of",
        "story/test_approval.py::test_what_was_pushed_without_a_pull_request_stays_out_of_production",
        "story/test_approval.py::test_production_does_not_go_before_staging",
        "story/test_history.py::test_what_was_edited_after_it_was_applied_is_not_rolled_out",
        "story/test_configuration.py::test_a_pull_request_cannot_lower_its_own_bar",
    ],
    "Nothing is passed in silence: what could not be read or checked is itself a finding": [
        "judge/test_judge.py::test_a_file_that_cannot_be_read_blocks_whatever_is_configured",
        "judge/test_judge.py::test_a_file_too_large_to_read_blocks",
        "story/test_failures.py::test_a_database_that_does_not_answer_fails_its_job_and_the_comment_"
        "says_so",
        "story/test_failures.py::test_github_failing_after_the_change_is_told_and_made_up_for_by_the_"
        "next_run",
        "story/test_events.py::test_a_fork_gets_its_verdict_in_the_summary_and_no_comment",
    ],
    "No pull_request_target; actions pinned by SHA; least permissions; no expression in a script": [
        "story/test_events.py::test_pull_request_target_is_refused_before_anything_is_read",
        "core/github/test_event.py::test_pull_request_target_is_refused_in_words",
        "workflows/test_safety.py::test_no_event_runs_foreign_code_beside_a_token",
        "workflows/test_safety.py::test_every_action_of_others_is_pinned_to_a_commit_and_says_its_"
        "version",
        "workflows/test_safety.py::test_each_job_lists_the_least_permissions_and_the_workflow_none",
        "workflows/test_safety.py::test_no_expression_becomes_part_of_a_script",
        "workflows/test_safety.py::test_a_secret_is_named_only_beside_an_environment_and_only_in_a_"
        "steps_env",
    ],
    "A target is never touched without the lock, and production never without a younger backup": [
        "rollout/test_procedure.py::test_a_pending_migration_is_applied_and_recorded_in_one_"
        "transaction_under_the_lock",
        "rollout/test_procedure.py::test_production_is_backed_up_under_the_lock_before_anything_runs",
        "rollout/test_procedure.py::test_a_backup_that_fails_leaves_production_untouched",
        "adapters/postgres/test_target.py::test_the_lock_is_prismas_and_ours_and_is_let_go_of",
        "story/test_whole_way.py::test_what_a_rollout_leaves_behind",
        "story/test_failures.py::test_without_a_backup_production_is_not_touched",
        "config/test_file.py::test_production_needs_an_approval_and_a_backup_unless_said_otherwise",
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_every_safety_rule_is_held_by_tests_that_exist(rule: str) -> None:
    assert RULES[rule]
    assert not_there(RULES[rule]) == []
