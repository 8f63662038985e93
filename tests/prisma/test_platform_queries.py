"""Every index serves the query its comment names: the planner takes it rather than the table."""

import re
from pathlib import Path
from typing import Any

import psycopg

MIGRATIONS = Path(__file__).parents[2] / "prisma" / "migrations"
FULLY_INDEXED = ("20240529120000_add_indexes", "20240529130000_add_foreign_key_indexes")

Database = psycopg.Connection[Any]

SOMEBODY = "'00000000-0000-4000-8000-000000000001'"

QUERIES = {
    # 20240529120000_add_indexes
    "users_role_created_at_idx": "users WHERE role = 'administrator' ORDER BY created_at DESC",
    "users_preferences_gin_idx": 'users WHERE preferences @> \'{"a": {"b": true}}\'',
    "organisations_settings_gin_idx": "organisations WHERE settings @> '{\"batches\": true}'",
    "organisations_is_system_name_idx": "organisations ORDER BY is_system DESC, name",
    "organisation_members_organisation_id_role_idx": (
        f"organisation_members WHERE organisation_id = {SOMEBODY} AND role = 'owner'"
    ),
    "wallets_address_hash_idx": "wallets WHERE address = '0xA'",
    "wallets_chain_id_status_last_synced_at_idx": (
        "wallets WHERE chain_id = 'base' AND status = 'verified'"
        " ORDER BY last_synced_at NULLS LAST LIMIT 100"
    ),
    "wallets_metadata_gin_idx": 'wallets WHERE metadata @> \'{"provider": "metamask"}\'',
    "proof_templates_organisation_id_is_active_name_idx": (
        f"proof_templates WHERE organisation_id = {SOMEBODY} AND is_active ORDER BY name"
    ),
    "proof_templates_parameters_gin_idx": (
        'proof_templates WHERE parameters @> \'{"currency": "EUR"}\''
    ),
    "proof_templates_tags_gin_idx": "proof_templates WHERE tags @> ARRAY['mortgage']",
    "proofs_user_id_status_created_at_idx": (
        f"proofs WHERE user_id = {SOMEBODY} AND status = 'verified' ORDER BY created_at DESC"
    ),
    "proofs_organisation_id_status_created_at_idx": (
        f"proofs WHERE organisation_id = {SOMEBODY} AND status = 'verified'"
        " ORDER BY created_at DESC"
    ),
    "proofs_proof_type_status_created_at_idx": (
        "proofs WHERE proof_type = 'threshold' AND status = 'verified' ORDER BY created_at DESC"
    ),
    "proofs_commitment_hash_idx": "proofs WHERE commitment = '0xC'",
    "proofs_claim_gin_idx": 'proofs WHERE claim @> \'{"purpose": "mortgage"}\'',
    "verifications_proof_id_created_at_idx": (
        f"verifications WHERE proof_id = {SOMEBODY} ORDER BY created_at DESC"
    ),
    "verifications_outcome_created_at_idx": (
        "verifications WHERE outcome = 'pending' ORDER BY created_at DESC"
    ),
    "verifications_requester_fingerprint_hash_idx": (
        "verifications WHERE requester_fingerprint = 'f'"
    ),
    "verifications_details_gin_idx": "verifications WHERE details @> '{\"a\": 1}'",
    "batches_status_created_at_idx": "batches WHERE status = 'sealed' ORDER BY created_at LIMIT 1",
    "batches_transaction_hash_hash_idx": "batches WHERE transaction_hash = '0xD'",
    "batches_merkle_root_hash_idx": "batches WHERE merkle_root = '0xE'",
    "batches_receipt_gin_idx": 'batches WHERE receipt @> \'{"status": "reverted"}\'',
    "batch_items_leaf_hash_hash_idx": "batch_items WHERE leaf_hash = '0xF'",
    "audit_log_actor_id_occurred_at_idx": (
        f"audit_log WHERE actor_id = {SOMEBODY} ORDER BY occurred_at DESC"
    ),
    "audit_log_organisation_id_occurred_at_idx": (
        f"audit_log WHERE organisation_id = {SOMEBODY} ORDER BY occurred_at DESC"
    ),
    "audit_log_action_occurred_at_idx": (
        "audit_log WHERE action = 'proof.revoke' AND occurred_at >= '2024-06-01'"
        " ORDER BY occurred_at DESC"
    ),
    "audit_log_request_id_hash_idx": "audit_log WHERE request_id = 'r'",
    "audit_log_details_gin_idx": 'audit_log WHERE details @> \'{"reason": "user request"}\'',
    "audit_log_occurred_at_brin_idx": (
        "audit_log WHERE occurred_at BETWEEN '2024-06-01' AND '2024-07-01'"
    ),
    # 20240529130000_add_foreign_key_indexes: foreign keys
    "organisation_members_user_id_idx": f"organisation_members WHERE user_id = {SOMEBODY}",
    "organisation_members_invited_by_id_idx": (
        f"organisation_members WHERE invited_by_id = {SOMEBODY}"
    ),
    "proof_templates_created_by_id_idx": f"proof_templates WHERE created_by_id = {SOMEBODY}",
    "proofs_wallet_id_idx": f"proofs WHERE wallet_id = {SOMEBODY}",
    "proofs_template_id_idx": f"proofs WHERE template_id = {SOMEBODY}",
    "verifications_verifier_id_idx": f"verifications WHERE verifier_id = {SOMEBODY}",
    "verifications_organisation_id_idx": f"verifications WHERE organisation_id = {SOMEBODY}",
    "batches_chain_id_idx": "batches WHERE chain_id = 'base'",
    "batches_organisation_id_idx": f"batches WHERE organisation_id = {SOMEBODY}",
    "batches_submitted_by_id_idx": f"batches WHERE submitted_by_id = {SOMEBODY}",
    "batch_items_proof_id_idx": f"batch_items WHERE proof_id = {SOMEBODY}",
    # ranges
    "proofs_asset_id_amount_idx": f"proofs WHERE asset_id = {SOMEBODY} AND amount >= 1000",
    "proofs_as_of_idx": "proofs WHERE as_of BETWEEN '2024-06-01' AND '2024-07-01'",
    "verifications_completed_at_idx": "verifications WHERE completed_at >= '2024-06-01'",
    "batches_confirmed_at_idx": "batches WHERE confirmed_at >= '2024-06-01'",
    "wallets_verified_at_idx": "wallets WHERE verified_at >= '2024-06-01'",
    # partial
    "users_open_last_seen_at_idx": (
        "users WHERE last_seen_at < '2023-06-01' AND deleted_at IS NULL"
    ),
    "organisations_directory_name_idx": (
        "organisations WHERE verified_at IS NOT NULL AND archived_at IS NULL ORDER BY name"
    ),
    "wallets_unsigned_created_at_idx": "wallets WHERE status = 'connected' ORDER BY created_at",
    "proofs_verified_expires_at_idx": (
        "proofs WHERE status = 'verified' AND expires_at <= '2024-06-01' ORDER BY expires_at"
    ),
    "proofs_pending_created_at_idx": (
        "proofs WHERE status = 'pending' ORDER BY created_at LIMIT 10"
    ),
    "verifications_rejected_proof_id_idx": (
        f"verifications WHERE proof_id = {SOMEBODY} AND outcome = 'rejected'"
    ),
    "batches_in_flight_submitted_at_idx": (
        "batches WHERE status = 'submitted' ORDER BY submitted_at"
    ),
    # expressions
    "users_email_domain_idx": "users WHERE split_part(email, '@', 2) = 'example.org'",
    "wallets_lower_address_idx": "wallets WHERE lower(address) = '0xa'",
    "proofs_claim_purpose_idx": "proofs WHERE claim ->> 'purpose' = 'visa'",
    "verifications_created_day_idx": (
        "verifications WHERE (created_at AT TIME ZONE 'UTC')::date = '2024-06-01'"
    ),
    # full text
    "organisations_search_idx": (
        "organisations WHERE to_tsvector('simple', name || ' ' || coalesce(description, ''))"
        " @@ websearch_to_tsquery('simple', 'bank')"
    ),
    "proof_templates_search_idx": (
        f"proof_templates WHERE organisation_id = {SOMEBODY}"
        " AND to_tsvector('english', name || ' ' || coalesce(description, ''))"
        " @@ websearch_to_tsquery('english', 'mortgage')"
    ),
    "proofs_search_idx": (
        f"proofs WHERE user_id = {SOMEBODY}"
        " AND to_tsvector('english', title || ' ' || coalesce(note, ''))"
        " @@ websearch_to_tsquery('english', 'savings')"
    ),
    # trigrams
    "users_display_name_trgm_idx": "users WHERE display_name ILIKE '%lovelace%'",
    "users_email_trgm_idx": "users WHERE email LIKE '%lovelace%'",
    "organisations_name_trgm_idx": "organisations WHERE name % 'Natonal Bnk'",
    "wallets_address_trgm_idx": "wallets WHERE address ILIKE '0xA0b8%eB48'",
}

# On empty tables another index of the same table looks as good to the planner; these four are worth
# having only once there are rows, so they are asked with rows.
WORTH_IT_WITH_ROWS = {
    "audit_log_occurred_at_brin_idx",
    "proof_templates_search_idx",
    "proofs_search_idx",
    "wallets_address_trgm_idx",
}

ROWS = f"""
INSERT INTO chains (id, name) VALUES ('test', 'Test');
INSERT INTO assets (id, chain_id, symbol, name, decimals) VALUES ({SOMEBODY}, 'test', 'T', 'T', 0);
INSERT INTO users (id, email) VALUES ({SOMEBODY}, 'somebody@example.org');
INSERT INTO organisations (id, slug, name) VALUES ({SOMEBODY}, 'bank', 'Bank');
INSERT INTO wallets (id, user_id, chain_id, address)
    SELECT md5(n::text)::uuid, {SOMEBODY}, 'test', '0x' || md5(n::text)
    FROM generate_series(1, 5000) n;
INSERT INTO proof_templates (organisation_id, slug, name, proof_type)
    SELECT {SOMEBODY}, n, 'Template ' || md5(n::text), 'standard' FROM generate_series(1, 5000) n;
INSERT INTO proofs (user_id, wallet_id, asset_id, proof_type, title, amount, as_of, share_token)
    SELECT {SOMEBODY}, md5(n::text)::uuid, {SOMEBODY}, 'standard', md5(n::text), n, now(), n
    FROM generate_series(1, 5000) n;
INSERT INTO audit_log (occurred_at, action, entity_type, entity_id)
    SELECT '2024-01-01'::timestamptz + n * interval '5 minutes', 'proof.view', 'proof', n
    FROM generate_series(1, 100000) n;
"""


def test_every_index_of_the_two_index_migrations_has_its_query() -> None:
    made: set[str] = set()
    for name in FULLY_INDEXED:
        sql = (MIGRATIONS / name / "migration.sql").read_text()
        made |= set(re.findall(r'^CREATE INDEX "([^"]+)"', sql, re.MULTILINE))
    assert made == set(QUERIES)


def plan(database: Database, query: str) -> str:
    database.execute("SET enable_seqscan = off")
    lines = database.execute(f"EXPLAIN SELECT * FROM {query}".encode())
    return "\n".join(line for (line,) in lines)


def unused(database: Database, indexes: set[str]) -> str:
    """The plans that pass over the index their query is meant for, one after another."""
    plans = {index: plan(database, QUERIES[index]) for index in sorted(indexes)}
    return "\n".join(f"{index}:\n{text}" for index, text in plans.items() if index not in text)


def test_the_planner_uses_each_index_for_its_query(migrated_database: Database) -> None:
    assert unused(migrated_database, QUERIES.keys() - WORTH_IT_WITH_ROWS) == ""


def test_the_planner_uses_the_search_and_range_indexes_once_there_are_rows(
    migrated_database: Database,
) -> None:
    migrated_database.execute(ROWS.encode())
    # VACUUM also merges the entries a GIN index has only noted down yet, which make it look dear.
    migrated_database.execute("VACUUM (ANALYZE) wallets, proof_templates, proofs, audit_log")
    assert unused(migrated_database, WORTH_IT_WITH_ROWS) == ""
