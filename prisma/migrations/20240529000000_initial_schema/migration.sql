-- 20240529000000_initial_schema
--
-- Purpose: the tables of the Proof of Funds platform. A user connects wallets and creates proofs that
-- a wallet holds exactly, at least or at most an amount of an asset at a time; third parties verify
-- the proofs; batches anchor them on a chain; organisations own templates; an audit log remembers.
--
-- Tables, and why each exists
--   users                  people who sign in
--   organisations          firms that issue or ask for proofs, and the platform's own one
--   organisation_members   who acts for which organisation, and in which role
--   chains, assets         reference data: what a wallet may be on, and what it may hold (seed.sql)
--   wallets                addresses whose control a user has shown
--   proof_templates        prepared wording and limits that an organisation offers
--   proofs                 the statements themselves
--   verifications          each time somebody checked a proof, and what came of it
--   batches, batch_items   proofs put on a chain together as one Merkle tree, and each one's leaf
--   audit_log              who did what to which record; appended to, never changed
--
-- Conventions: names are snake_case (`@@map` in schema.prisma); ids are random UUIDs made by the
-- server (built in from PostgreSQL 13); times are TIMESTAMPTZ(3), as precise as a JavaScript Date;
-- amounts are whole base units (wei, satoshi) in NUMERIC(78,0), which holds a uint256; open-ended
-- detail is JSONB. Each foreign key says what a deletion does, and why.
--
-- Cost: creates empty tables only. No existing table is locked, read or rewritten; milliseconds.
--
-- Rollback: down.sql drops every table and type made here, and with them every row. Use it only where
-- the rows may go; on a target with data, restore a backup instead.
--
-- migration-bot: allow-file fk-without-index because 20240529130000_add_foreign_key_indexes builds them before the first deployment

-- What a user may do on the platform as a whole; rights inside an organisation are its members' roles.
CREATE TYPE "user_role" AS ENUM ('member', 'auditor', 'administrator');

-- What a member may do inside one organisation.
CREATE TYPE "organisation_role" AS ENUM ('owner', 'administrator', 'issuer', 'viewer');

-- connected: the address was given; verified: a signature showed control of it; disconnected: kept
-- because proofs cite it, no longer read.
CREATE TYPE "wallet_status" AS ENUM ('connected', 'verified', 'disconnected');

-- What is claimed of the balance. standard: exactly the amount; threshold: at least; maximum: at most;
-- zero_knowledge: a commitment shows it without giving the amount away.
CREATE TYPE "proof_type" AS ENUM ('standard', 'threshold', 'maximum', 'zero_knowledge');

CREATE TYPE "proof_status" AS ENUM ('pending', 'verified', 'expired', 'revoked');

-- How a proof was checked.
CREATE TYPE "verification_method" AS ENUM ('signature', 'balance', 'zero_knowledge', 'on_chain');

CREATE TYPE "verification_outcome" AS ENUM ('pending', 'accepted', 'rejected', 'failed');

-- open: proofs may still join; sealed: the tree is fixed; submitted: sent to the chain; confirmed:
-- final there; failed: given up, its proofs may join another batch.
CREATE TYPE "batch_status" AS ENUM ('open', 'sealed', 'submitted', 'confirmed', 'failed');

-- People who sign in. `deleted_at` closes an account without deleting it, because proofs outlive it.
-- E-mail addresses are stored in lower case, so that the plain unique index is also the true one.
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "display_name" TEXT,
    "role" "user_role" NOT NULL DEFAULT 'member',
    "preferences" JSONB NOT NULL DEFAULT '{}',
    "last_seen_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "users_email_lower_case_check" CHECK ("email" = lower("email"))
);

-- Firms that issue proofs for their clients or ask for them. `is_system` marks the platform's own,
-- which owns the templates everybody may use.
CREATE TABLE "organisations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "is_system" BOOLEAN NOT NULL DEFAULT false,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "verified_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "organisations_slug_form_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

-- One row per person and organisation: the pair is the key.
CREATE TABLE "organisation_members" (
    "organisation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "organisation_role" NOT NULL DEFAULT 'viewer',
    "invited_by_id" UUID,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_members_pkey" PRIMARY KEY ("organisation_id", "user_id")
);

-- Reference data. The key is a name people write ('ethereum'); `evm_chain_id` is the EIP-155 number,
-- NULL where a chain has none.
CREATE TABLE "chains" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "evm_chain_id" BIGINT,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "chains_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "chains_evm_chain_id_positive_check" CHECK ("evm_chain_id" > 0)
);

-- Reference data. `decimals` says how many base units make one; `contract_address` is NULL for the
-- chain's own coin.
CREATE TABLE "assets" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "chain_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "contract_address" TEXT,
    "decimals" SMALLINT NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "assets_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "assets_decimals_range_check" CHECK ("decimals" BETWEEN 0 AND 77)
);

-- Addresses whose control a user has shown with a signature. `address` is kept as the chain writes it
-- (EIP-55 mixes case), so that it can be shown and copied.
CREATE TABLE "wallets" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "chain_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "label" TEXT,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "status" "wallet_status" NOT NULL DEFAULT 'connected',
    "ownership_signature" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "verified_at" TIMESTAMPTZ(3),
    "last_synced_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "wallets_verified_signed_check"
        CHECK ("status" <> 'verified' OR ("ownership_signature" IS NOT NULL AND "verified_at" IS NOT NULL))
);

-- Prepared wording, proof type and limits; `parameters` holds the defaults a new proof starts from.
CREATE TABLE "proof_templates" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organisation_id" UUID NOT NULL,
    "created_by_id" UUID,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "proof_type" "proof_type" NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "proof_templates_pkey" PRIMARY KEY ("id")
);

-- The statements: this wallet held exactly, at least or at most this amount of this asset `as_of` that
-- time. `share_token` is the secret part of the link a third party opens.
CREATE TABLE "proofs" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "organisation_id" UUID,
    "template_id" UUID,
    "proof_type" "proof_type" NOT NULL,
    "status" "proof_status" NOT NULL DEFAULT 'pending',
    "title" TEXT NOT NULL,
    "note" TEXT,
    "amount" NUMERIC(78,0),
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "block_number" BIGINT,
    "commitment" TEXT,
    "signature" TEXT,
    "share_token" TEXT NOT NULL,
    "claim" JSONB NOT NULL DEFAULT '{}',
    "verified_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revocation_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "proofs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "proofs_amount_not_negative_check" CHECK ("amount" >= 0),
    -- Only a zero-knowledge proof may keep its amount to itself, and then it needs its commitment.
    CONSTRAINT "proofs_amount_or_commitment_check"
        CHECK (CASE WHEN "proof_type" = 'zero_knowledge' THEN "commitment" IS NOT NULL ELSE "amount" IS NOT NULL END),
    CONSTRAINT "proofs_revoked_at_check" CHECK (("status" = 'revoked') = ("revoked_at" IS NOT NULL)),
    CONSTRAINT "proofs_expires_after_as_of_check" CHECK ("expires_at" > "as_of")
);

-- Each time somebody checked a proof. A verifier without an account leaves only `verifier_label`, as
-- typed; `requester_fingerprint` is a salted hash, to slow down guessing of share tokens.
CREATE TABLE "verifications" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "proof_id" UUID NOT NULL,
    "verifier_id" UUID,
    "organisation_id" UUID,
    "verifier_label" TEXT,
    "requester_fingerprint" TEXT,
    "method" "verification_method" NOT NULL,
    "outcome" "verification_outcome" NOT NULL DEFAULT 'pending',
    "failure_reason" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "completed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "verifications_completed_at_check" CHECK (("outcome" = 'pending') = ("completed_at" IS NULL))
);

-- One Merkle tree of proofs, submitted to a chain in one transaction.
CREATE TABLE "batches" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "chain_id" TEXT NOT NULL,
    "organisation_id" UUID,
    "submitted_by_id" UUID,
    "status" "batch_status" NOT NULL DEFAULT 'open',
    "merkle_root" TEXT,
    "transaction_hash" TEXT,
    "block_number" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "receipt" JSONB NOT NULL DEFAULT '{}',
    "failure_reason" TEXT,
    "submitted_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "batches_attempts_not_negative_check" CHECK ("attempts" >= 0),
    -- What was sent can be found again: from submission on, root and transaction are known.
    CONSTRAINT "batches_submitted_traceable_check"
        CHECK ("status" NOT IN ('submitted', 'confirmed') OR ("merkle_root" IS NOT NULL AND "transaction_hash" IS NOT NULL))
);

-- A proof's leaf in a batch. A proof may join a second batch after its first one failed.
CREATE TABLE "batch_items" (
    "batch_id" UUID NOT NULL,
    "proof_id" UUID NOT NULL,
    "leaf_index" INTEGER NOT NULL,
    "leaf_hash" TEXT NOT NULL,
    "merkle_path" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batch_items_pkey" PRIMARY KEY ("batch_id", "proof_id"),
    CONSTRAINT "batch_items_leaf_index_not_negative_check" CHECK ("leaf_index" >= 0)
);

-- Who did what to which record. The record is named by type and id, not by a foreign key, so that the
-- entry outlives it. The key is a sequence: entries are read in the order they were written.
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID,
    "organisation_id" UUID,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "request_id" TEXT,
    "ip_address" INET,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- Basic indexes: what must be unique, and the newest-first lists of the main tables. The indexes for
-- particular queries follow in the next two migrations.

-- Signing in, and one account per e-mail address.
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- The administrators' list of accounts, newest first.
CREATE INDEX "users_created_at_idx" ON "users"("created_at");

-- The organisation's page by its address.
CREATE UNIQUE INDEX "organisations_slug_key" ON "organisations"("slug");

-- A chain found by the number a wallet reports.
CREATE UNIQUE INDEX "chains_evm_chain_id_key" ON "chains"("evm_chain_id");

-- An asset by its symbol on a chain; also serves the foreign key to chains.
CREATE UNIQUE INDEX "assets_chain_id_symbol_key" ON "assets"("chain_id", "symbol");

-- A user's wallets, each address of a chain once; also serves the foreign key to users.
CREATE UNIQUE INDEX "wallets_user_id_chain_id_address_key" ON "wallets"("user_id", "chain_id", "address");

-- At most one primary wallet per user. Prisma does not model partial indexes; the database keeps it.
CREATE UNIQUE INDEX "wallets_one_primary_per_user_key" ON "wallets"("user_id") WHERE "is_primary";

-- A template by its organisation and slug; also serves the foreign key to organisations.
CREATE UNIQUE INDEX "proof_templates_organisation_id_slug_key" ON "proof_templates"("organisation_id", "slug");

-- The page a third party opens from a shared link.
CREATE UNIQUE INDEX "proofs_share_token_key" ON "proofs"("share_token");

-- The newest proofs of the whole platform.
CREATE INDEX "proofs_created_at_idx" ON "proofs"("created_at");

-- The newest verifications of the whole platform.
CREATE INDEX "verifications_created_at_idx" ON "verifications"("created_at");

-- The newest batches of the whole platform.
CREATE INDEX "batches_created_at_idx" ON "batches"("created_at");

-- The leaves of a batch in the order of its tree, and no leaf twice.
CREATE UNIQUE INDEX "batch_items_batch_id_leaf_index_key" ON "batch_items"("batch_id", "leaf_index");

-- The history of one record.
CREATE INDEX "audit_log_entity_type_entity_id_idx" ON "audit_log"("entity_type", "entity_id");

-- Foreign keys. Ids never change, so ON UPDATE CASCADE (Prisma's default) never has anything to do;
-- what ON DELETE does was decided for each one.
--   CASCADE   the row is nothing without its parent
--   RESTRICT  the row is evidence others rely on; the parent has to stay
--   SET NULL  the row stands by itself and only forgets the parent

-- migration-bot: allow fk-cascade-action because a membership ends with its organisation
ALTER TABLE "organisation_members" ADD CONSTRAINT "organisation_members_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- migration-bot: allow fk-cascade-action because a membership ends with its user
ALTER TABLE "organisation_members" ADD CONSTRAINT "organisation_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- SET NULL: the member stays a member when the person who invited them goes.
ALTER TABLE "organisation_members" ADD CONSTRAINT "organisation_members_invited_by_id_fkey" FOREIGN KEY ("invited_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- RESTRICT: a chain with assets is switched off (`is_enabled`), not deleted.
ALTER TABLE "assets" ADD CONSTRAINT "assets_chain_id_fkey" FOREIGN KEY ("chain_id") REFERENCES "chains"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Where a proof cites the wallet, the proof's own RESTRICT stops this.
-- migration-bot: allow fk-cascade-action because a wallet connection is personal data and goes with its user
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RESTRICT: a chain with wallets is switched off, not deleted.
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_chain_id_fkey" FOREIGN KEY ("chain_id") REFERENCES "chains"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Proofs made from the template stay, see proofs_template_id_fkey.
-- migration-bot: allow fk-cascade-action because an organisation's templates are offered by nobody else
ALTER TABLE "proof_templates" ADD CONSTRAINT "proof_templates_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- SET NULL: the template belongs to the organisation, not to its author.
ALTER TABLE "proof_templates" ADD CONSTRAINT "proof_templates_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- RESTRICT: third parties rely on a proof; an account with proofs is closed (`deleted_at`), not deleted.
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- RESTRICT: a proof without its wallet proves nothing; the wallet is marked disconnected instead.
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- RESTRICT: the amount has no meaning without its asset.
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "assets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- SET NULL: the proof is the user's and stays valid when the organisation leaves.
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- SET NULL: the template was only where the proof started from.
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "proof_templates"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A proof that is in a batch cannot be deleted at all, see batch_items_proof_id_fkey.
-- migration-bot: allow fk-cascade-action because a verification says something about its proof only
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_proof_id_fkey" FOREIGN KEY ("proof_id") REFERENCES "proofs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- SET NULL: that the proof was checked stays true when the checker's account goes.
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_verifier_id_fkey" FOREIGN KEY ("verifier_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- SET NULL: as above, for the organisation the checker acted for.
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- RESTRICT: a batch can only be found again on its chain.
ALTER TABLE "batches" ADD CONSTRAINT "batches_chain_id_fkey" FOREIGN KEY ("chain_id") REFERENCES "chains"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- SET NULL: what is on a chain stays there, whoever paid for it.
ALTER TABLE "batches" ADD CONSTRAINT "batches_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- SET NULL: as above, whoever submitted it.
ALTER TABLE "batches" ADD CONSTRAINT "batches_submitted_by_id_fkey" FOREIGN KEY ("submitted_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- migration-bot: allow fk-cascade-action because a leaf has no meaning outside its tree
ALTER TABLE "batch_items" ADD CONSTRAINT "batch_items_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- RESTRICT: the other proofs of the tree need this leaf to be checked; revoke the proof instead.
ALTER TABLE "batch_items" ADD CONSTRAINT "batch_items_proof_id_fkey" FOREIGN KEY ("proof_id") REFERENCES "proofs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- SET NULL: the entry is kept, without the person.
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- SET NULL: the entry is kept, without the organisation.
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE SET NULL ON UPDATE CASCADE;
