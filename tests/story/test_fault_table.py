"""What may go wrong with backups, restores, rollbacks and schemas that somebody changed, by the
numbers of the fault scenarios, and the tests that play it through.

A fault without a test, or one that names a test that is not there, fails.
"""

import pytest

from tests.story.held import not_there

SCENARIOS = {
    "32 a dump breaks off, has no room, or its program is older than the server: no migration": [
        "adapters/postgres/backups/test_broken_off.py::test_a_dump_that_breaks_off_leaves_nothing_"
        "and_is_told[it dies half-way]",
        "adapters/postgres/backups/test_broken_off.py::test_a_dump_that_breaks_off_leaves_nothing_"
        "and_is_told[it is killed itself]",
        "adapters/postgres/backups/test_broken_off.py::test_a_dump_that_breaks_off_leaves_nothing_"
        "and_is_told[no room is left]",
        "adapters/postgres/backups/test_broken_off.py::test_a_server_that_goes_away_half_way_"
        "leaves_nothing_either",
        "adapters/postgres/backups/test_dump.py::test_a_pg_dump_older_than_the_server_is_refused",
        "adapters/postgres/backups/test_dump.py::test_what_a_killed_run_left_is_removed",
        "backups/test_taking.py::test_a_dump_that_dies_leaves_nothing",
        "backups/test_taking.py::test_what_was_stored_of_one_that_fails_is_removed",
        "rollout/test_procedure.py::test_a_backup_that_fails_leaves_production_untouched",
        "rollout/test_course.py::test_without_a_backup_nothing_is_taken_back",
        "commands/test_unproved.py::test_where_pg_dump_dies_half_way_no_migration_runs",
        "commands/test_interrupted.py::test_an_interrupted_backup_leaves_the_target_as_it_was",
    ],
    "33 a file of a backup is cut off, changed, zeroed, empty, or of an older one: never proved": [
        "adapters/postgres/backups/test_dump.py::test_a_spoiled_backup_is_refused[truncated]",
        "adapters/postgres/backups/test_dump.py::test_a_spoiled_backup_is_refused[one bit flipped]",
        "adapters/postgres/backups/test_dump.py::test_a_spoiled_backup_is_refused[zeroed]",
        "adapters/postgres/backups/test_dump.py::test_a_spoiled_backup_is_refused[empty]",
        "adapters/postgres/backups/test_dump.py::test_two_files_swapped_are_refused",
        "backups/test_corruption.py::test_a_file_that_was_spoiled_is_named",
        "backups/test_corruption.py::test_a_file_that_is_missing_is_named",
        "backups/test_corruption.py::test_a_file_of_an_older_backup_is_found",
        "backups/test_corrupted_dumps.py::test_the_first_level_finds_whatever_was_spoiled",
        "backups/test_corrupted_dumps.py::test_the_last_level_finds_whatever_the_manifest_was_made_"
        "to_fit",
        "backups/test_corrupted_dumps.py::test_one_bit_of_an_encrypted_dump_is_enough",
    ],
    "34 a key is missing, or is of somebody else: said before anything is dumped": [
        "commands/test_unproved.py::test_a_key_that_is_missing_is_refused_before_anything_is_"
        "dumped",
        "backups/test_taking.py::test_a_key_that_cannot_be_used_ends_it_before_anything_is_dumped",
        "adapters/age/test_age.py::test_a_key_that_cannot_be_used_is_told_and_not_shown",
        "adapters/age/test_age.py::test_a_file_of_keys_that_is_not_there_is_told",
        "backups/test_opening.py::test_without_a_key_it_says_which_variable_is_missing",
        "backups/test_opening.py::test_the_wrong_key_is_told_from_broken_bytes",
    ],
    "35 a store denies, is slow, fails, or has that name already: asked again, never overwritten": [
        "adapters/storage/test_objects.py::test_a_passing_fault_is_outlived",
        "adapters/storage/test_objects.py::test_a_lasting_fault_is_one_message",
        "adapters/storage/test_objects.py::test_a_store_that_is_silent_is_asked_again_and_given_up",
        "adapters/storage/test_objects.py::test_a_store_that_was_slow_once_keeps_the_file",
        "adapters/storage/test_objects.py::test_what_is_there_is_never_overwritten",
        "adapters/storage/test_objects.py::test_a_store_that_overwrites_is_not_used",
        "commands/test_backups.py::test_where_the_store_fails_no_migration_runs[denied]",
        "commands/test_backups.py::test_where_the_store_fails_no_migration_"
        "runs[500 at the manifest]",
    ],
    "36 the restored copy has one row less, or one that is another: refused": [
        "commands/test_unproved.py::test_where_the_restored_copy_lacks_one_row_no_migration_runs",
        "adapters/postgres/backups/test_levels.py::test_a_restored_copy_that_lacks_one_row_is_"
        "refused",
        "adapters/postgres/backups/test_levels.py::test_one_row_that_is_another_is_found_where_"
        "rows_are_compared",
        "adapters/postgres/restoring/test_putting.py::test_a_copy_that_differs_by_one_row_never_"
        "takes_the_place",
    ],
    "41 production was changed by hand after a rehearsal that passed: stopped before any write": [
        "faults/test_histories.py::test_41_the_rehearsal_passes_and_production_has_drift",
        "commands/test_drift.py::test_what_was_changed_by_hand_stops_it_before_anything_is_written",
        "rollout/test_verification.py::test_drift_stops_production_before_anything_is_written",
    ],
    "45 rows are kept while others write them: each as it was found, and none overwritten later": [
        "rollout/keeping/test_under_writes.py::test_every_preimage_is_what_the_migration_found",
        "rollout/keeping/test_giving_back_on_postgres.py::test_a_value_written_since_stays_and_is_"
        "counted",
        "rollout/keeping/test_drill.py::test_a_destructive_migration_is_recovered_by_kept_data",
    ],
    "46 up, down and up again is the same schema, on every migration that can be taken back": [
        "drafting/test_platform.py::test_every_migration_of_the_platform_is_taken_back",
        "drafting/test_there_and_back.py::test_every_change_is_taken_back",
        "drafting/test_there_and_back.py::test_mixtures_of_changes_are_taken_back",
        "adapters/postgres/rehearsal/test_proofs.py::test_the_platforms_own_migrations_lead_up_"
        "down_and_up",
        "faults/test_backwards.py::test_46_rollback_killed_message_by_message",
        "rollout/test_back_on_postgres.py::test_what_was_taken_back_is_applied_again_by_the_next_"
        "deploy",
    ],
}

BAD_INPUT = {
    "pg_dump dies half-way": [
        "commands/test_unproved.py::test_where_pg_dump_dies_half_way_no_migration_runs",
    ],
    "pg_dump is killed": [
        "adapters/postgres/backups/test_dump.py::test_a_dump_that_is_killed_leaves_nothing",
    ],
    "the disk is full": [
        "adapters/postgres/backups/test_dump.py::test_too_little_space_is_told_before_anything_is_"
        "written",
        "adapters/postgres/backups/test_dump.py::test_a_dump_that_fails_leaves_nothing",
        "adapters/storage/test_workroom.py::test_what_the_disk_refuses_is_told",
        "adapters/age/test_age.py::test_a_disk_that_is_full_is_no_broken_backup",
    ],
    "pg_dump is of the wrong version": [
        "adapters/postgres/backups/test_dump.py::test_a_pg_dump_older_than_the_server_is_refused",
    ],
    "the store denies": [
        "commands/test_backups.py::test_where_the_store_fails_no_migration_"
        "runs[denied at the dump]",
    ],
    "the store is slow": [
        "adapters/storage/test_objects.py::test_a_store_that_was_slow_once_keeps_the_file",
    ],
    "the store fails at the last part": [
        "adapters/storage/test_objects.py::test_the_last_part_may_fail",
    ],
    "the store has that key already": [
        "adapters/storage/test_objects.py::test_what_is_there_is_never_overwritten",
        "backups/test_taking.py::test_nothing_that_is_there_is_overwritten",
    ],
    "the key is missing or wrong": [
        "commands/test_backups.py::test_a_backup_goes_to_a_bucket_and_is_looked_after",
        "backups/test_opening.py::test_the_wrong_key_is_told_from_broken_bytes",
    ],
    "the backup is truncated, bit-flipped, zeroed or empty": [
        "backups/test_corruption.py::test_a_file_that_was_spoiled_is_named",
        "backups/test_corrupted_dumps.py::test_the_first_level_finds_whatever_was_spoiled",
    ],
    "the backup was swapped for an older one": [
        "backups/test_corruption.py::test_an_older_backup_under_the_name_of_a_newer_one_has_"
        "another_digest",
        "flows/targets/test_backups.py::test_one_that_was_swapped_for_another_is_not_even_opened",
        "flows/targets/test_backups.py::test_a_backup_that_was_swapped_is_not_restored",
    ],
    "the backup is of another database": [
        "restoring/test_refusing.py::test_a_backup_that_is_not_the_right_one",
        "restoring/test_refusing.py::test_one_of_another_database_if_that_is_meant",
        "commands/test_restore.py::test_what_is_not_that_targets_backup_is_refused",
    ],
    "the restored copy differs by one row": [
        "commands/test_unproved.py::test_where_the_restored_copy_lacks_one_row_no_migration_runs",
        "adapters/postgres/restoring/test_putting.py::test_a_copy_that_differs_by_one_row_never_"
        "takes_the_place",
    ],
    "a restore is killed at any point": [
        "restoring/test_kills.py::test_killed_at_a_step",
        "restoring/test_kills.py::test_killed_at_every_step",
        "restoring/test_kills.py::test_killed_at_random",
        "restoring/test_kills.py::test_the_server_crashes_at_a_step",
        "restoring/test_kills.py::test_pg_restore_is_killed",
        "adapters/postgres/restoring/test_loading.py::test_broken_off_anywhere_it_has_changed_"
        "nothing",
    ],
    "what a rollback would take back was changed by hand since": [
        "rollout/test_back_drafted.py::test_what_was_changed_by_hand_since_is_not_taken_back",
        "rollout/test_course.py::test_what_was_changed_by_hand_since_is_refused_whatever_the_"
        "target_makes_of_drift",
    ],
    "rows are kept while others write": [
        "rollout/keeping/test_under_writes.py::test_every_preimage_is_what_the_migration_found",
    ],
    "an object of any kind has drifted": [
        "adapters/postgres/test_drift_kinds.py::test_there_are_enough_kinds",
        "adapters/postgres/test_drift_kinds.py::test_every_kind_of_change_is_drift",
        "adapters/postgres/test_drift_kinds.py::test_an_untouched_copy_has_not_drifted",
    ],
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_played_through(scenario: str) -> None:
    assert SCENARIOS[scenario]
    assert not_there(SCENARIOS[scenario]) == []


@pytest.mark.parametrize("fault", BAD_INPUT)
def test_every_bad_input_is_met_by_tests_that_exist(fault: str) -> None:
    assert BAD_INPUT[fault]
    assert not_there(BAD_INPUT[fault]) == []
