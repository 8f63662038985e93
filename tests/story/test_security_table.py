"""What others were broken by, and what holds each of it here: the tests that show it.

A danger without a test, or one that names a test that is not there, fails.
"""

import pytest

from tests.story.held import not_there

DANGERS = {
    "the event that runs on foreign code with our own token is refused, and nowhere recommended": [
        "story/test_events.py::test_pull_request_target_is_refused_before_anything_is_read",
        "core/github/test_event.py::test_pull_request_target_is_refused_in_words",
        "workflows/test_safety.py::test_no_event_runs_foreign_code_beside_a_token",
        "workflows/test_initial.py::test_what_init_writes_may_do_what_our_own_may_and_hears_of_the_"
        "same",
        "docs/test_documents.py::test_no_page_offers_to_check_out_a_fork_beside_a_token",
    ],
    "a fork, whose token only reads, still gets its verdict, by a workflow that fetches no code": [
        "story/test_events.py::test_a_fork_gets_its_verdict_in_the_summary_and_no_comment",
        "story/test_forks.py::test_what_a_forks_check_found_stands_in_the_comment",
        "story/test_check_run.py::test_a_fork_has_one_as_soon_as_its_report_is_told",
        "workflows/test_safety.py::test_after_the_check_of_a_fork_nothing_of_the_fork_is_fetched",
        "flows/asked/test_report.py::test_what_the_fork_found_is_told_in_the_comment",
    ],
    "what a fork's run leaves is a stranger's word: small, of one form, and about its own head": [
        "story/test_forks.py::test_a_hostile_report_tells_nothing",
        "story/test_forks.py::test_a_report_that_comes_after_the_next_push_is_dropped",
        "story/test_forks.py::test_the_sql_that_is_shown_is_the_one_that_is_proposed",
        "flows/asked/test_report.py::test_the_number_of_the_pull_request_is_never_taken_from_the_"
        "report",
        "flows/asked/test_report.py::test_a_report_that_came_too_late_or_is_of_nobody_tells_nothing",
        "flows/asked/test_report.py::test_another_text_than_the_pull_request_has_is_never_shown",
        "handoff/test_archive.py::test_a_file_of_another_name_is_not_taken",
        "handoff/test_archive.py::test_a_bomb_is_given_up_at_the_limit",
        "handoff/test_archive.py::test_a_bomb_that_lies_about_its_size_is_no_better",
        "handoff/test_reading.py::test_whatever_is_not_of_its_form_is_refused",
        "handoff/test_reading.py::test_hostile_text_is_shown_as_text",
        "adapters/github/test_artifacts.py::test_one_that_grows_on_the_way_is_given_up",
    ],
    "no expression is part of a script, and what a script learns is hidden before it is used": [
        "workflows/test_safety.py::test_no_expression_becomes_part_of_a_script",
        "docs/test_documents.py::test_a_shown_script_holds_no_expression_and_hides_what_it_learns_"
        "before_it_writes",
        "docs/test_documents.py::test_every_workflow_is_valid_and_safe",
        "workflows/test_linters.py::test_zizmor_finds_nothing_in_what_ships",
        "workflows/test_initial.py::test_zizmor_finds_nothing_in_what_init_writes",
        "story/test_hostile_text.py::test_a_hostile_branch_is_checked_like_any_other",
    ],
    "nothing that is printed is a command to the runner": [
        "core/test_log.py::test_nothing_the_runner_acts_upon_is_left",
        "report/test_escape.py::test_a_workflow_command_stays_one_command",
        "report/faces/test_annotations.py::test_hostile_text_cannot_start_a_command_of_its_own",
        "story/test_hostile_text.py::test_what_the_server_says_is_no_command",
        "story/test_hostile_text.py::test_a_folder_with_a_line_end_in_its_name_is_shown_on_one_line",
    ],
    "an approval is of one text at the head, and a push takes it away": [
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_before_the_last_push]",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_who_thought_better_of_it]",
        "story/test_approval.py::test_a_text_that_was_changed_on_main_is_not_the_one_that_was_"
        "approved",
        "story/test_commands.py::test_a_push_after_an_approval_by_comment_takes_it_back",
        "story/test_gates.py::test_a_plan_that_changed_while_a_reviewer_looked_at_it_is_refused_"
        "statement_by_statement",
        "core/gates/test_approval.py::test_what_does_not_count",
        "core/gates/test_approval.py::test_another_text_than_the_approved_one_closes_it_and_says_so",
        "core/gates/test_approval.py::test_no_approval_opens_the_gate_for_another_text",
        "flows/gating/test_approval_model.py::test_in_ten_thousand_sequences_no_unapproved_text_may_"
        "run",
        "flows/gating/test_approval_model.py::test_the_search_would_find_a_hole",
    ],
    "nobody who had a hand in it, or starts its rollout, approves it": [
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of[the_author]",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_who_pushed_to_the_branch]",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_who_pushed_in_the_name_of_another]",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of[a_co_author]",
        "story/test_approval.py::test_who_merges_it_has_started_the_rollout_and_does_not_approve_it",
        "story/test_commands.py::test_the_author_approves_nothing_of_what_somebody_else_merges",
        "adapters/github/test_contributors.py::test_an_app_counts_whoever_it_was_assigned_to_and_who_"
        "did_that",
    ],
    "a comment is the bot's by its author and its first line, never by its words": [
        "story/test_one_comment.py::test_a_marker_that_somebody_else_pasted_is_nothing_to_the_bot",
        "story/test_one_comment.py::test_other_comments_of_the_same_account_are_left_alone",
        "story/test_app.py::test_an_app_keeps_one_comment_from_the_check_to_production",
        "adapters/github/test_comments.py::test_a_stranger_who_pastes_the_marker_is_not_us",
        "adapters/github/test_comments.py::test_the_token_of_an_app_finds_that_apps_comments_and_no_"
        "other_apps",
        "report/comment/test_marker.py::test_anything_but_a_whole_marker_on_line_one_is_none",
    ],
    "nothing is decided by what stands in a comment": [
        "story/test_one_comment.py::test_an_edited_comment_opens_nothing",
        "story/test_approval.py::test_production_does_not_go_before_staging",
        "flows/gating/test_said.py::test_what_is_edited_quoted_or_said_by_a_bot_approves_nothing",
        "flows/gating/test_said.py::test_a_permission_that_is_taken_back_takes_the_override_with_it",
    ],
    "SQL of a stranger cannot leave its database, in a rehearsal or unnoticed in a review": [
        "rules/security/test_what_goes_too_far.py::test_it_is_found_and_never_passed_as_harmless",
        "rules/security/test_what_goes_too_far.py::test_what_is_decided_while_it_runs_is_of_high_risk",
        "adapters/postgres/rehearsal/test_hostile.py::test_what_it_tries_fails",
        "adapters/postgres/rehearsal/test_hostile.py::test_it_hurts_nobody_but_itself",
        "adapters/postgres/test_confinement.py::test_no_listener_of_this_machine_can_be_reached",
        "adapters/postgres/test_server.py::test_nothing_of_our_environment_reaches_the_server",
        "sql/test_parse.py::test_what_only_psql_understands_is_named",
        "rollout/test_hostile_on_postgres.py::test_a_file_that_takes_its_own_row_away_is_not_gone_on_"
        "with",
    ],
    "no code of a pull request runs beside a token, and its configuration has no say": [
        "workflows/test_action.py::test_nothing_of_a_pull_request_is_importable_beside_the_token",
        "workflows/test_action.py::test_nothing_of_the_working_directory_is_importable",
        "workflows/test_safety.py::test_the_bot_that_judges_a_pull_request_is_not_of_the_pull_request",
        "story/test_configuration.py::test_a_pull_request_cannot_lower_its_own_bar",
        "adapters/prisma/test_cli.py::test_it_sees_nothing_secret_and_no_file_but_the_schema",
    ],
    "a connection string is read nowhere, whatever form it takes": [
        "story/test_secrets.py::test_a_database_that_is_not_reached_tells_nothing_of_its_address",
        "story/test_secrets.py::test_a_migration_cannot_read_its_own_connection_string_out",
        "story/test_secrets.py::test_neither_a_chat_room_nor_a_record_learns_of_a_secret",
        "story/test_secrets.py::test_the_search_for_secrets_finds_one",
        "core/test_redact.py::test_no_canary_survives_in_any_form",
        "core/targets/test_url.py::test_any_password_survives_and_is_never_shown",
        "adapters/postgres/backups/test_dump.py::test_no_secret_is_in_an_argument_an_error_or_a_file",
        "report/comment/test_comment.py::test_a_secret_marker_carries_nothing_from_the_repository",
    ],
    "a row that stands in the way is not quoted": [
        "story/test_secrets.py::test_a_row_that_stands_in_the_way_is_quoted_nowhere",
        "core/rollouts/test_failure.py::test_the_servers_message_is_told_with_its_state_and_without_values",
        "adapters/postgres/test_connection.py::test_values_of_rows_are_not_quoted",
        "adapters/postgres/rehearsal/test_refusals.py::test_values_of_rows_are_left_out",
    ],
    "text of a repository stays text in what GitHub renders": [
        "story/test_hostile_text.py::test_hostile_text_does_not_move_a_line_of_the_comment",
        "story/test_hostile_text.py::test_hostile_names_are_shown_and_do_nothing",
        "report/test_escape.py::test_a_fence_holds_whatever_it_is_given",
        "report/test_escape.py::test_json_in_an_html_comment_cannot_end_it_and_reads_back",
        "report/comment/test_comment.py::test_hostile_text_adds_no_markup_to_the_comment",
        "report/test_comment_in_renderers.py::test_hostile_reports_are_text_and_nothing_else",
    ],
    "what is fetched is named by its content": [
        "workflows/test_safety.py::test_every_action_of_others_is_pinned_to_a_commit_and_says_its_"
        "version",
        "workflows/test_safety.py::test_a_lock_file_pins_every_package_by_hash_and_names_no_index",
        "workflows/test_action.py::test_the_action_installs_exactly_what_its_lock_file_names",
        "workflows/test_linters.py::test_zizmor_would_find_an_unsafe_workflow",
        "docs/test_documents.py::test_every_workflow_is_valid_and_safe",
    ],
    "of two rollouts one works, none is dropped, and what was merged first runs first": [
        "workflows/test_safety.py::test_a_rollout_is_neither_cancelled_nor_dropped",
        "story/test_failures.py::test_two_merges_within_a_second_are_applied_one_after_the_other",
        "story/test_failures.py::test_of_two_merges_the_newer_run_applies_both_and_the_older_one_"
        "touches_nothing",
        "story/test_failures.py::test_a_runner_that_is_lost_while_it_holds_the_lock_is_made_up_for",
        "story/test_whole_way.py::test_one_deploy_applies_what_an_earlier_one_had_to_leave",
        "rollout/test_locks_on_postgres.py::test_of_three_runners_at_once_exactly_one_applies",
        "adapters/postgres/test_target.py::test_the_lock_is_prismas_and_ours_and_is_let_go_of",
    ],
    "a command is a person's, who may give it, in a line of its own, on the commit they saw": [
        "story/test_commands.py::test_a_stranger_commands_nothing",
        "story/test_commands.py::test_a_comment_that_asks_for_nothing_is_passed_over",
        "story/test_commands.py::test_production_is_applied_by_a_command_once_it_is_approved",
        "core/github/test_commanded.py::test_what_is_quoted_or_only_spoken_of_asks_for_nothing",
        "flows/asked/test_who_is_obeyed.py::test_what_the_payload_says_of_an_association_is_not_asked",
        "flows/asked/test_who_is_obeyed.py::test_a_comment_that_changed_since_the_event_is_not_obeyed",
        "flows/asked/test_who_is_obeyed.py::test_a_comment_of_a_bot_or_in_another_name_is_none",
        "flows/asked/test_who_is_obeyed.py::test_a_push_after_the_comment_takes_its_force",
    ],
    "a backup is read by who has a private key, and by nobody on the way": [
        "adapters/age/test_age.py::test_what_is_sealed_opens_with_the_private_key_alone",
        "adapters/age/test_age.py::test_a_key_that_cannot_be_used_is_told_and_not_shown",
        "adapters/age/test_age.py::test_a_private_key_that_is_none_is_told_and_not_shown",
        "adapters/storage/test_directory.py::test_only_its_owner_can_look_into_it",
        "adapters/storage/test_directory.py::test_nobody_else_can_read_a_file_of_it",
        "backups/test_taking.py::test_a_key_that_cannot_be_used_ends_it_before_anything_is_dumped",
        "core/test_redact.py::test_keys_of_object_stores_are_struck_out",
        "core/test_redact.py::test_a_private_key_of_age_is_struck_out_whoever_told_it",
    ],
    "who may write to a store cannot pass off a backup of theirs, or lead out of it": [
        "backups/test_opening.py::test_a_name_that_leads_elsewhere_is_refused",
        "backups/test_opening.py::test_what_does_not_belong_to_it_is_named",
        "backups/test_corruption.py::test_an_older_backup_under_the_name_of_a_newer_one_has_another_"
        "digest",
        "core/backups/test_backup.py::test_what_is_no_manifest_is_refused",
        "adapters/storage/test_directory.py::test_a_link_among_backups_is_none_of_them",
        "adapters/storage/test_directory.py::test_nothing_is_overwritten",
        "adapters/storage/test_workroom.py::test_a_link_is_not_followed",
        "restoring/test_procedure.py::test_another_backup_under_the_same_name_is_not_the_one_that_was_"
        "agreed_to",
    ],
    "a program or a vendor learns what is its own, and says nothing of it": [
        "adapters/recovery/test_command.py::test_a_command_that_fails_is_told_without_what_it_was_"
        "handed",
        "adapters/recovery/test_archives.py::test_pgbackrest_is_asked_as_configured_and_given_nothing_"
        "else",
        "adapters/recovery/test_vendors.py::test_a_token_that_may_not_is_named_by_its_variable_and_"
        "never_shown",
        "core/restores/test_point_in_time.py::test_nothing_of_a_name_becomes_a_command",
        "core/restores/test_point_in_time.py::test_nothing_of_a_path_is_expanded_by_the_shell",
    ],
    "what a name in the database is, it is nowhere but there": [
        "core/schemas/test_schema.py::test_a_name_with_a_line_end_stays_on_one_line",
        "drafting/test_text.py::test_nothing_leads_out_of_a_name",
        "drafting/test_text.py::test_nothing_leads_out_of_a_value",
        "report/drift/test_markdown.py::test_what_is_hostile_in_a_name_is_text",
        "report/terminal/test_drift.py::test_a_name_with_a_line_end_begins_no_line_of_its_own",
    ],
    "rows that were kept are read by the role that migrates alone": [
        "rollout/keeping/test_hard_cases_on_postgres.py::test_nobody_else_may_read_what_is_kept",
        "rollout/keeping/test_hard_cases_on_postgres.py::test_a_publication_of_all_tables_would_send_"
        "them_on",
    ],
    "an issue is the bot's own, and only a job that keeps one may write it": [
        "adapters/github/test_issues.py::test_only_our_own_under_the_label_are_found",
        "workflows/test_safety.py::test_each_job_lists_the_least_permissions_and_the_workflow_none",
        "story/test_commands.py::test_what_a_pull_request_brought_is_taken_back_by_a_comment",
    ],
    "nobody is known by who acted last": [
        "workflows/test_safety.py::test_nobody_is_known_by_who_acted_last",
        "flows/gating/test_approvals.py::test_who_started_a_rollout_is_the_sender_of_its_event",
        "flows/gating/test_approvals.py::test_who_runs_an_earlier_run_again_starts_it_too",
    ],
    "a secret is in reach of one environment's job, and need not last": [
        "workflows/test_safety.py::test_a_secret_is_named_only_beside_an_environment_and_only_in_a_"
        "steps_env",
        "workflows/test_safety.py::test_a_deploy_job_sees_the_connection_string_of_its_own_"
        "environment_only",
        "workflows/test_action.py::test_a_job_with_secrets_neither_reads_nor_writes_what_rehearsals_"
        "keep",
        "story/test_approval.py::test_the_environments_own_reviewer_is_asked_before_any_secret_is_"
        "given",
        "docs/test_documents.py::test_a_login_that_does_not_last_is_for_one_environment",
    ],
}

MISHAPS = {
    "more comments than a page holds": [
        "story/test_one_comment.py::test_the_comment_is_found_among_many"
    ],
    "a marker that a stranger pasted": [
        "story/test_one_comment.py::test_a_marker_that_somebody_else_pasted_is_nothing_to_the_bot"
    ],
    "the token of an app": [
        "story/test_app.py::test_an_app_keeps_one_comment_from_the_check_to_production"
    ],
    "fences, ends of comments, commands to the runner, mentions, marks of direction": [
        "story/test_hostile_text.py::test_hostile_text_does_not_move_a_line_of_the_comment",
    ],
    "a character that no text may hold": [
        "story/test_hostile_text.py::test_what_cannot_be_read_stops_the_check_and_is_said"
        "[a character that is none]",
    ],
    "a file of five megabytes": [
        "story/test_hostile_text.py::test_what_cannot_be_read_stops_the_check_and_is_said"
        "[five megabytes]",
        "judge/test_judge.py::test_a_file_too_large_to_read_blocks",
    ],
    "a line end in the name of a file": [
        "story/test_hostile_text.py::test_a_folder_with_a_line_end_in_its_name_is_shown_on_one_line",
    ],
    "a password of the characters that a URL is made of": [
        "story/test_secrets.py::test_a_database_that_is_not_reached_tells_nothing_of_its_address",
        "core/targets/test_url.py::test_any_password_survives_and_is_never_shown",
    ],
    "a push between approval and merge": [
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_before_the_last_push]",
        "story/test_approval.py::test_a_stale_approval_is_told_with_what_changed_since",
    ],
    "a reviewer who approves and then asks for changes": [
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of"
        "[someone_who_thought_better_of_it]",
    ],
    "an author who approves what somebody else's merge rolls out": [
        "story/test_commands.py::test_the_author_approves_nothing_of_what_somebody_else_merges",
    ],
    "two merges within a second": [
        "story/test_failures.py::test_two_merges_within_a_second_are_applied_one_after_the_other",
        "story/test_failures.py::test_of_two_merges_the_newer_run_applies_both_and_the_older_one_"
        "touches_nothing",
    ],
    "a runner that is lost with the lock in its hand": [
        "story/test_failures.py::test_a_runner_that_is_lost_while_it_holds_the_lock_is_made_up_for",
        "story/test_commands.py::test_a_lock_that_somebody_left_is_ended",
    ],
    "a row that was marked as rolled back": [
        "story/test_commands.py::test_what_failed_half_way_is_marked_as_taken_back_and_applied_anew",
        "core/rollouts/test_plan.py::test_a_row_that_was_rolled_back_counts_as_never_applied",
    ],
    "a merged file that was edited to the same end": [
        "story/test_history.py::test_a_merged_migration_is_restored_by_the_comments_command"
        "[edited to the same end]",
    ],
    "a base that moves after the check was green": [
        "story/test_recheck.py::test_the_one_that_a_merge_overtook_is_told_and_not_its_neighbours",
    ],
    "a fork": ["story/test_forks.py::test_what_a_forks_check_found_stands_in_the_comment"],
    "a merge queue": [
        "story/test_merge_queue.py::test_what_the_queue_lets_through_is_applied_everywhere",
    ],
    "a staging that succeeded with another text": [
        "story/test_gates.py::test_what_staging_applied_as_another_text_is_not_promoted",
    ],
    "a backup that was finished and cannot be read": [
        "adapters/postgres/backups/test_dump.py::test_a_spoiled_backup_is_refused",
        "rollout/test_procedure.py::test_a_backup_that_fails_leaves_production_untouched",
    ],
}


@pytest.mark.parametrize("danger", DANGERS)
def test_every_danger_is_met_by_tests_that_exist(danger: str) -> None:
    assert DANGERS[danger]
    assert not_there(DANGERS[danger]) == []


@pytest.mark.parametrize("mishap", MISHAPS)
def test_every_mishap_of_others_is_played_through(mishap: str) -> None:
    assert MISHAPS[mishap]
    assert not_there(MISHAPS[mishap]) == []


@pytest.mark.parametrize(
    "named",
    [
        "story/test_events.py::test_that_nobody_wrote",
        "story/test_events.py::from_fork",
        "story/test_nowhere.py::test_anything",
        "story/test_approval.py::test_production_is_not_touched_when_the_approval_is_of[everybody]",
    ],
)
def test_a_test_that_is_not_there_is_missed(named: str) -> None:
    assert not_there([named]) == [named]
