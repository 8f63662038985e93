-- Takes 20240529120000_add_indexes back, once 20240529130000_add_foreign_key_indexes is taken back:
-- every index made there, newest first. No row is touched; the queries they served become slow. On a
-- busy target each DROP INDEX waits for, and then briefly stops, everything on its table.

DROP INDEX "audit_log_occurred_at_brin_idx";

DROP INDEX "audit_log_details_gin_idx";

DROP INDEX "audit_log_request_id_hash_idx";

DROP INDEX "audit_log_action_occurred_at_idx";

DROP INDEX "audit_log_organisation_id_occurred_at_idx";

DROP INDEX "audit_log_actor_id_occurred_at_idx";

DROP INDEX "batch_items_leaf_hash_hash_idx";

DROP INDEX "batches_receipt_gin_idx";

DROP INDEX "batches_merkle_root_hash_idx";

DROP INDEX "batches_transaction_hash_hash_idx";

DROP INDEX "batches_status_created_at_idx";

DROP INDEX "verifications_details_gin_idx";

DROP INDEX "verifications_requester_fingerprint_hash_idx";

DROP INDEX "verifications_outcome_created_at_idx";

DROP INDEX "verifications_proof_id_created_at_idx";

DROP INDEX "proofs_claim_gin_idx";

DROP INDEX "proofs_commitment_hash_idx";

DROP INDEX "proofs_proof_type_status_created_at_idx";

DROP INDEX "proofs_organisation_id_status_created_at_idx";

DROP INDEX "proofs_user_id_status_created_at_idx";

DROP INDEX "proof_templates_tags_gin_idx";

DROP INDEX "proof_templates_parameters_gin_idx";

DROP INDEX "proof_templates_organisation_id_is_active_name_idx";

DROP INDEX "wallets_metadata_gin_idx";

DROP INDEX "wallets_chain_id_status_last_synced_at_idx";

DROP INDEX "wallets_address_hash_idx";

DROP INDEX "organisation_members_organisation_id_role_idx";

DROP INDEX "organisations_is_system_name_idx";

DROP INDEX "organisations_settings_gin_idx";

DROP INDEX "users_preferences_gin_idx";

DROP INDEX "users_role_created_at_idx";
