-- 20240529120000_add_indexes
--
-- Purpose: the common queries of every major table, each served by an index of the fitting kind. Every
-- index names the query it serves; one that no query needs any more can be found and dropped.
--
--   hash        long values that are only ever compared for equality (addresses, hashes): smaller than
--               a B-tree, and no limit on the length of the value
--   GIN         JSONB asked with `@>`; jsonb_path_ops is smaller and faster than the default operator
--               class and serves nothing else. Arrays are asked with `@>` and `&&`
--   BRIN        the audit log by time: rows arrive in that order, so a few kilobytes do for years
--   composite   equality columns first, then the column that sorts or is cut off
--
-- Left out on purpose: chains and assets are reference data of a few dozen rows; the indexes of their
-- keys do.
--
-- Cost: a plain CREATE INDEX blocks writes to its table (SHARE lock) while it reads it once. Here the
-- tables are empty: milliseconds. Each index also costs a little on every write from now on.
--
-- Prisma models every index made here, see the `@@index` lines of schema.prisma.
--
-- Rollback: down.sql drops them; no row is touched, but the queries named here become slow.
--
-- migration-bot: allow-file index-create-blocking because the three migrations of this day were first deployed together, so every target had empty tables

-- users

-- Everybody of a role, newest first: "the administrators".
CREATE INDEX "users_role_created_at_idx" ON "users"("role", "created_at" DESC);

-- Who asked for a thing: preferences @> '{"notifications": {"proof_expiring": true}}'.
CREATE INDEX "users_preferences_gin_idx" ON "users" USING GIN ("preferences" jsonb_path_ops);

-- organisations and their members

-- Organisations with a feature switched on: settings @> '{"batches": true}'.
CREATE INDEX "organisations_settings_gin_idx" ON "organisations" USING GIN ("settings" jsonb_path_ops);

-- The list to choose an organisation from: the platform's own first, then by name.
CREATE INDEX "organisations_is_system_name_idx" ON "organisations"("is_system" DESC, "name");

-- The owners of an organisation, to ask them for a decision.
CREATE INDEX "organisation_members_organisation_id_role_idx" ON "organisation_members"("organisation_id", "role");

-- wallets

-- Who connected exactly this address, whatever the chain.
CREATE INDEX "wallets_address_hash_idx" ON "wallets" USING HASH ("address");

-- The balance reader's next wallets of a chain, longest unread first; also serves the foreign key to
-- chains.
CREATE INDEX "wallets_chain_id_status_last_synced_at_idx" ON "wallets"("chain_id", "status", "last_synced_at");

-- Wallets of a kind: metadata @> '{"provider": "metamask"}'.
CREATE INDEX "wallets_metadata_gin_idx" ON "wallets" USING GIN ("metadata" jsonb_path_ops);

-- proof templates

-- The templates offered when a proof is begun, by name.
CREATE INDEX "proof_templates_organisation_id_is_active_name_idx" ON "proof_templates"("organisation_id", "is_active", "name");

-- Templates with a limit or default: parameters @> '{"currency": "EUR"}'.
CREATE INDEX "proof_templates_parameters_gin_idx" ON "proof_templates" USING GIN ("parameters" jsonb_path_ops);

-- Templates with a tag: tags @> ARRAY['mortgage'].
CREATE INDEX "proof_templates_tags_gin_idx" ON "proof_templates" USING GIN ("tags");

-- proofs

-- A user's own proofs of a status, newest first: the dashboard; also serves the foreign key to users.
CREATE INDEX "proofs_user_id_status_created_at_idx" ON "proofs"("user_id", "status", "created_at" DESC);

-- The same for an organisation; also serves the foreign key to organisations.
CREATE INDEX "proofs_organisation_id_status_created_at_idx" ON "proofs"("organisation_id", "status", "created_at" DESC);

-- Proofs of a type and status, newest first: reports.
CREATE INDEX "proofs_proof_type_status_created_at_idx" ON "proofs"("proof_type", "status", "created_at" DESC);

-- The proof of a commitment that a zero-knowledge verifier presents.
CREATE INDEX "proofs_commitment_hash_idx" ON "proofs" USING HASH ("commitment");

-- Proofs that claim a thing: claim @> '{"purpose": "mortgage"}'.
CREATE INDEX "proofs_claim_gin_idx" ON "proofs" USING GIN ("claim" jsonb_path_ops);

-- verifications

-- The verifications of a proof, newest first; also serves the foreign key to proofs.
CREATE INDEX "verifications_proof_id_created_at_idx" ON "verifications"("proof_id", "created_at" DESC);

-- Verifications of an outcome, newest first: the pending queue, and what was rejected lately.
CREATE INDEX "verifications_outcome_created_at_idx" ON "verifications"("outcome", "created_at" DESC);

-- How often the same requester has come: rate limits.
CREATE INDEX "verifications_requester_fingerprint_hash_idx" ON "verifications" USING HASH ("requester_fingerprint");

-- Verifications that found a thing: details @> '{"balance_source": "archive-node"}'.
CREATE INDEX "verifications_details_gin_idx" ON "verifications" USING GIN ("details" jsonb_path_ops);

-- batches and their items

-- The submitter's queue: batches of a status, oldest first.
CREATE INDEX "batches_status_created_at_idx" ON "batches"("status", "created_at");

-- The watcher of the chain saw this transaction: which batch is it?
CREATE INDEX "batches_transaction_hash_hash_idx" ON "batches" USING HASH ("transaction_hash");

-- A verifier holds this root: which batch is it?
CREATE INDEX "batches_merkle_root_hash_idx" ON "batches" USING HASH ("merkle_root");

-- Batches whose receipt says a thing: receipt @> '{"status": "reverted"}'.
CREATE INDEX "batches_receipt_gin_idx" ON "batches" USING GIN ("receipt" jsonb_path_ops);

-- A verifier holds this leaf: in which tree is it?
CREATE INDEX "batch_items_leaf_hash_hash_idx" ON "batch_items" USING HASH ("leaf_hash");

-- audit log

-- What a person did, newest first; also serves the foreign key to users.
CREATE INDEX "audit_log_actor_id_occurred_at_idx" ON "audit_log"("actor_id", "occurred_at" DESC);

-- What was done in an organisation, newest first; also serves the foreign key to organisations.
CREATE INDEX "audit_log_organisation_id_occurred_at_idx" ON "audit_log"("organisation_id", "occurred_at" DESC);

-- One kind of action, newest first: "all revocations this month".
CREATE INDEX "audit_log_action_occurred_at_idx" ON "audit_log"("action", "occurred_at" DESC);

-- Everything one request did.
CREATE INDEX "audit_log_request_id_hash_idx" ON "audit_log" USING HASH ("request_id");

-- Entries about a thing: details @> '{"reason": "user request"}'.
CREATE INDEX "audit_log_details_gin_idx" ON "audit_log" USING GIN ("details" jsonb_path_ops);

-- Everything between two times, for an export.
CREATE INDEX "audit_log_occurred_at_brin_idx" ON "audit_log" USING BRIN ("occurred_at");
