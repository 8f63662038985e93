-- Takes 20240529130000_add_foreign_key_indexes back: every index made there, newest first, then the
-- two extensions. No row is touched. The extensions are dropped without CASCADE: where anything else uses
-- one, the script stops. Where one was there before the migration, take its line out first.

DROP INDEX "wallets_address_trgm_idx";

DROP INDEX "organisations_name_trgm_idx";

DROP INDEX "users_email_trgm_idx";

DROP INDEX "users_display_name_trgm_idx";

DROP INDEX "proofs_search_idx";

DROP INDEX "proof_templates_search_idx";

DROP INDEX "organisations_search_idx";

DROP INDEX "verifications_created_day_idx";

DROP INDEX "proofs_claim_purpose_idx";

DROP INDEX "wallets_lower_address_idx";

DROP INDEX "users_email_domain_idx";

DROP INDEX "batches_in_flight_submitted_at_idx";

DROP INDEX "verifications_rejected_proof_id_idx";

DROP INDEX "proofs_pending_created_at_idx";

DROP INDEX "proofs_verified_expires_at_idx";

DROP INDEX "wallets_unsigned_created_at_idx";

DROP INDEX "organisations_directory_name_idx";

DROP INDEX "users_open_last_seen_at_idx";

DROP INDEX "wallets_verified_at_idx";

DROP INDEX "batches_confirmed_at_idx";

DROP INDEX "verifications_completed_at_idx";

DROP INDEX "proofs_as_of_idx";

DROP INDEX "proofs_asset_id_amount_idx";

DROP INDEX "batch_items_proof_id_idx";

DROP INDEX "batches_submitted_by_id_idx";

DROP INDEX "batches_organisation_id_idx";

DROP INDEX "batches_chain_id_idx";

DROP INDEX "verifications_organisation_id_idx";

DROP INDEX "verifications_verifier_id_idx";

DROP INDEX "proofs_template_id_idx";

DROP INDEX "proofs_wallet_id_idx";

DROP INDEX "proof_templates_created_by_id_idx";

DROP INDEX "organisation_members_invited_by_id_idx";

DROP INDEX "organisation_members_user_id_idx";

DROP EXTENSION "btree_gin";

DROP EXTENSION "pg_trgm";
