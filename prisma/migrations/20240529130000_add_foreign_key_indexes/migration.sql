-- 20240529130000_add_foreign_key_indexes
--
-- Purpose: what the first two migrations left open. Each foreign key gets an index, so that deleting a
-- parent finds its children without reading their whole table; complex queries get partial, range,
-- expression, full-text and trigram indexes.
--
-- Extensions, both part of PostgreSQL's contrib and created before their first use:
--   pg_trgm     trigram operator classes, for `ILIKE '%part%'` and similarity
--   btree_gin   lets a GIN index begin with an ordinary column, here the organisation's id
-- Where an extension is there already it is used as it is.
--
-- Foreign keys already served, by a key or index that begins with their column, get none here:
-- organisation_members.organisation_id, assets.chain_id, wallets.user_id, wallets.chain_id,
-- proof_templates.organisation_id, proofs.user_id, proofs.organisation_id, verifications.proof_id,
-- batch_items.batch_id, audit_log.actor_id, audit_log.organisation_id.
--
-- Cost: as for 20240529120000_add_indexes: empty tables, milliseconds. Creating an extension needs
-- CREATE on the database and no superuser (both are trusted from PostgreSQL 13).
--
-- Prisma models the foreign key, range and trigram indexes. It does not model the partial and
-- expression ones (full-text indexes are expression indexes), nor extensions: they live here only, and
-- `prisma migrate diff` neither shows nor drops them.
--
-- Rollback: down.sql drops the indexes, then both extensions. It does not use CASCADE: where something
-- else uses an extension, it stops. Where an extension was there before this migration, take its DROP
-- out of down.sql first.
--
-- migration-bot: allow-file index-create-blocking because the three migrations of this day were first deployed together, so every target had empty tables

CREATE EXTENSION IF NOT EXISTS "pg_trgm";

CREATE EXTENSION IF NOT EXISTS "btree_gin";

-- Foreign keys

-- The organisations of a user; closing an account.
CREATE INDEX "organisation_members_user_id_idx" ON "organisation_members"("user_id");

-- Whom a user invited; closing an account.
CREATE INDEX "organisation_members_invited_by_id_idx" ON "organisation_members"("invited_by_id");

-- The templates a user wrote; closing an account.
CREATE INDEX "proof_templates_created_by_id_idx" ON "proof_templates"("created_by_id");

-- The proofs of a wallet; disconnecting it.
CREATE INDEX "proofs_wallet_id_idx" ON "proofs"("wallet_id");

-- The proofs made from a template; deleting it.
CREATE INDEX "proofs_template_id_idx" ON "proofs"("template_id");

-- What a user verified; closing an account.
CREATE INDEX "verifications_verifier_id_idx" ON "verifications"("verifier_id");

-- What an organisation verified; its yearly report.
CREATE INDEX "verifications_organisation_id_idx" ON "verifications"("organisation_id");

-- The batches of a chain; switching it off.
CREATE INDEX "batches_chain_id_idx" ON "batches"("chain_id");

-- The batches of an organisation; its bill.
CREATE INDEX "batches_organisation_id_idx" ON "batches"("organisation_id");

-- The batches a user submitted; closing an account.
CREATE INDEX "batches_submitted_by_id_idx" ON "batches"("submitted_by_id");

-- The batches a proof is in: its inclusion on a chain.
CREATE INDEX "batch_items_proof_id_idx" ON "batch_items"("proof_id");

-- Ranges

-- Proofs of at least, or at most, an amount of an asset; also serves the foreign key to assets.
CREATE INDEX "proofs_asset_id_amount_idx" ON "proofs"("asset_id", "amount");

-- Proofs about a period: as_of BETWEEN ... AND ....
CREATE INDEX "proofs_as_of_idx" ON "proofs"("as_of");

-- Verifications completed in a period.
CREATE INDEX "verifications_completed_at_idx" ON "verifications"("completed_at");

-- Batches confirmed in a period: what was spent on a chain in a month.
CREATE INDEX "batches_confirmed_at_idx" ON "batches"("confirmed_at");

-- Wallets verified in a period: growth.
CREATE INDEX "wallets_verified_at_idx" ON "wallets"("verified_at");

-- Partial: queues and lists that look at a small part of a large table

-- Accounts not seen for a year, closed ones left out.
CREATE INDEX "users_open_last_seen_at_idx" ON "users"("last_seen_at") WHERE "deleted_at" IS NULL;

-- The public directory: verified organisations by name.
CREATE INDEX "organisations_directory_name_idx" ON "organisations"("name") WHERE "verified_at" IS NOT NULL AND "archived_at" IS NULL;

-- Wallets that never signed, oldest first: the reminder job.
CREATE INDEX "wallets_unsigned_created_at_idx" ON "wallets"("created_at") WHERE "status" = 'connected';

-- Proofs about to expire, soonest first: the expiry job.
CREATE INDEX "proofs_verified_expires_at_idx" ON "proofs"("expires_at") WHERE "status" = 'verified';

-- Proofs waiting for verification, oldest first: the worker's queue.
CREATE INDEX "proofs_pending_created_at_idx" ON "proofs"("created_at") WHERE "status" = 'pending';

-- Failed checks of a proof: three of them raise an alarm.
CREATE INDEX "verifications_rejected_proof_id_idx" ON "verifications"("proof_id", "created_at") WHERE "outcome" = 'rejected';

-- Batches on their way, longest first: the watcher asks the chain about each.
CREATE INDEX "batches_in_flight_submitted_at_idx" ON "batches"("submitted_at") WHERE "status" = 'submitted';

-- Expressions

-- Accounts of a firm by the domain of their e-mail address: "join your colleagues".
CREATE INDEX "users_email_domain_idx" ON "users"(split_part("email", '@', 2));

-- An address typed without its checksum capitals.
CREATE INDEX "wallets_lower_address_idx" ON "wallets"(lower("address"));

-- Proofs by purpose, sorted and counted, which the GIN index on `claim` cannot do.
CREATE INDEX "proofs_claim_purpose_idx" ON "proofs"(("claim" ->> 'purpose'));

-- Verifications per day, counted in UTC.
CREATE INDEX "verifications_created_day_idx" ON "verifications"((("created_at" AT TIME ZONE 'UTC')::date));

-- Full text. 'simple' for names, which no dictionary should shorten; 'english' for sentences.

-- Words in an organisation's name and description.
CREATE INDEX "organisations_search_idx" ON "organisations" USING GIN (to_tsvector('simple', "name" || ' ' || coalesce("description", '')));

-- Words in the templates of one organisation: both conditions answered by the one index (btree_gin).
CREATE INDEX "proof_templates_search_idx" ON "proof_templates" USING GIN ("organisation_id", to_tsvector('english', "name" || ' ' || coalesce("description", '')));

-- Words in a user's own proofs (btree_gin).
CREATE INDEX "proofs_search_idx" ON "proofs" USING GIN ("user_id", to_tsvector('english', "title" || ' ' || coalesce("note", '')));

-- Trigrams: parts of words, and typing mistakes

-- Finding a person by part of a name.
CREATE INDEX "users_display_name_trgm_idx" ON "users" USING GIN ("display_name" gin_trgm_ops);

-- Finding a person by part of an e-mail address.
CREATE INDEX "users_email_trgm_idx" ON "users" USING GIN ("email" gin_trgm_ops);

-- Finding an organisation in spite of a typing mistake.
CREATE INDEX "organisations_name_trgm_idx" ON "organisations" USING GIN ("name" gin_trgm_ops);

-- Finding a wallet by the first and last characters people remember.
CREATE INDEX "wallets_address_trgm_idx" ON "wallets" USING GIN ("address" gin_trgm_ops);
