"""What the platform's tables do with rows: deletions, refusals, and the seed."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

SEED = (Path(__file__).parents[2] / "prisma" / "seed.sql").read_bytes()
SEEDED = ("chains", "assets", "organisations", "proof_templates")

Database = psycopg.Connection[Any]

# One of everything, each row named by the last digit of its id.
ROWS = """
INSERT INTO chains (id, name) VALUES ('test', 'Test');
INSERT INTO assets (id, chain_id, symbol, name, decimals) VALUES (id(1), 'test', 'T', 'Test', 18);
INSERT INTO users (id, email) VALUES
    (id(1), 'prover@example.org'), (id(2), 'checker@example.org'), (id(3), 'idle@example.org');
INSERT INTO organisations (id, slug, name) VALUES (id(1), 'bank', 'Bank');
INSERT INTO organisation_members (organisation_id, user_id, invited_by_id) VALUES
    (id(1), id(1), id(2)), (id(1), id(3), id(2));
INSERT INTO wallets (id, user_id, chain_id, address) VALUES
    (id(1), id(1), 'test', '0xA'), (id(3), id(3), 'test', '0xB');
INSERT INTO proof_templates (id, organisation_id, created_by_id, slug, name, proof_type) VALUES
    (id(1), id(1), id(2), 'minimum', 'Minimum', 'threshold');
INSERT INTO proofs (id, user_id, wallet_id, asset_id, organisation_id, template_id, proof_type,
                    title, amount, as_of, share_token) VALUES
    (id(1), id(1), id(1), id(1), id(1), id(1), 'threshold', 'Anchored', 5, now(), 'one'),
    (id(2), id(1), id(1), id(1), NULL, NULL, 'standard', 'Loose', 2::numeric ^ 255, now(), 'two');
INSERT INTO verifications (id, proof_id, verifier_id, organisation_id, method) VALUES
    (id(1), id(1), id(2), id(1), 'balance'), (id(2), id(2), id(2), id(1), 'balance');
INSERT INTO batches (id, chain_id, organisation_id, submitted_by_id) VALUES
    (id(1), 'test', id(1), id(2));
INSERT INTO batch_items (batch_id, proof_id, leaf_index, leaf_hash) VALUES (id(1), id(1), 0, '0x0');
INSERT INTO audit_log (actor_id, organisation_id, action, entity_type, entity_id) VALUES
    (id(2), id(1), 'proof.create', 'proof', id(1)::text);
"""

# What each CHECK is there to refuse.
REFUSED = [
    ("UPDATE users SET email = 'Capital@example.org'", "users_email_lower_case_check"),
    ("UPDATE organisations SET slug = 'Not a slug'", "organisations_slug_form_check"),
    ("UPDATE chains SET evm_chain_id = 0", "chains_evm_chain_id_positive_check"),
    ("UPDATE assets SET decimals = 78", "assets_decimals_range_check"),
    ("UPDATE wallets SET status = 'verified'", "wallets_verified_signed_check"),
    ("UPDATE proofs SET amount = -1", "proofs_amount_not_negative_check"),
    ("UPDATE proofs SET amount = NULL", "proofs_amount_or_commitment_check"),
    ("UPDATE proofs SET proof_type = 'zero_knowledge'", "proofs_amount_or_commitment_check"),
    ("UPDATE proofs SET status = 'revoked'", "proofs_revoked_at_check"),
    ("UPDATE proofs SET expires_at = as_of", "proofs_expires_after_as_of_check"),
    ("UPDATE verifications SET outcome = 'accepted'", "verifications_completed_at_check"),
    ("UPDATE batches SET attempts = -1", "batches_attempts_not_negative_check"),
    ("UPDATE batches SET status = 'submitted'", "batches_submitted_traceable_check"),
    ("UPDATE batch_items SET leaf_index = -1", "batch_items_leaf_index_not_negative_check"),
]

COUNTED = (
    "organisation_members",
    "wallets",
    "proof_templates",
    "proofs",
    "verifications",
    "batches",
    "batch_items",
    "audit_log",
)


@pytest.fixture
def filled(migrated_database: Database) -> Database:
    migrated_database.execute(
        "CREATE FUNCTION pg_temp.id(n int) RETURNS uuid IMMUTABLE LANGUAGE sql"
        " AS $$ SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid $$"
    )
    migrated_database.execute(ROWS.replace("id(", "pg_temp.id(").encode())
    return migrated_database


def run(database: Database, sql: str) -> None:
    database.execute(sql.replace("id(", "pg_temp.id(").encode())


def counts(database: Database) -> dict[str, int]:
    return {table: rows(database, table) for table in COUNTED}


def rows(database: Database, table: str, where: str = "true") -> int:
    found = database.execute(f"SELECT count(*) FROM {table} WHERE {where}".encode()).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize(
    ("delete", "gone"),
    [
        ("users WHERE id = id(3)", {"organisation_members": 1, "wallets": 1}),
        ("users WHERE id = id(2)", {}),
        (
            "organisations",
            {"organisation_members": 2, "proof_templates": 1},
        ),
        ("proof_templates", {"proof_templates": 1}),
        ("proofs WHERE id = id(2)", {"proofs": 1, "verifications": 1}),
        ("batches", {"batches": 1, "batch_items": 1}),
    ],
)
def test_deleting_a_parent_takes_only_what_is_nothing_without_it(
    filled: Database, delete: str, gone: dict[str, int]
) -> None:
    before = counts(filled)
    run(filled, f"DELETE FROM {delete}")
    after = counts(filled)
    missing = {table: before[table] - after[table] for table in COUNTED}
    assert {table: count for table, count in missing.items() if count} == gone


@pytest.mark.parametrize(
    ("delete", "constraint"),
    [
        ("users WHERE id = id(1)", "proofs_(user|wallet)_id_fkey"),
        ("wallets WHERE id = id(1)", "proofs_wallet_id_fkey"),
        ("assets", "proofs_asset_id_fkey"),
        ("chains", "(assets|wallets|batches)_chain_id_fkey"),
        ("proofs WHERE id = id(1)", "batch_items_proof_id_fkey"),
    ],
)
def test_what_others_rely_on_cannot_be_deleted(
    filled: Database, delete: str, constraint: str
) -> None:
    # 23001 is what PostgreSQL 18 answers for RESTRICT, 23503 what older ones do.
    refusals = (psycopg.errors.ForeignKeyViolation, psycopg.errors.RestrictViolation)
    with pytest.raises(refusals, match=constraint):
        run(filled, f"DELETE FROM {delete}")


@pytest.mark.parametrize(
    ("delete", "forgotten"),
    [
        (
            "users WHERE id = id(2)",
            {
                "organisation_members": "invited_by_id",
                "proof_templates": "created_by_id",
                "verifications": "verifier_id",
                "batches": "submitted_by_id",
                "audit_log": "actor_id",
            },
        ),
        (
            "organisations",
            {
                "proofs": "organisation_id",
                "verifications": "organisation_id",
                "batches": "organisation_id",
                "audit_log": "organisation_id",
            },
        ),
        ("proof_templates", {"proofs": "template_id"}),
    ],
)
def test_what_stands_by_itself_stays_and_forgets_its_parent(
    filled: Database, delete: str, forgotten: dict[str, str]
) -> None:
    for table, parent in forgotten.items():
        assert rows(filled, table, f"{parent} IS NOT NULL") > 0
    run(filled, f"DELETE FROM {delete}")
    for table, parent in forgotten.items():
        assert rows(filled, table) > 0
        assert rows(filled, table, f"{parent} IS NOT NULL") == 0


@pytest.mark.parametrize(("change", "constraint"), REFUSED)
def test_each_check_refuses_what_it_is_there_for(
    filled: Database, change: str, constraint: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        run(filled, change)


def test_every_check_has_its_case(filled: Database) -> None:
    checks = filled.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    assert {name for (name,) in checks} == {constraint for _, constraint in REFUSED}


def test_a_user_has_at_most_one_primary_wallet(filled: Database) -> None:
    run(filled, "UPDATE wallets SET is_primary = true")
    with pytest.raises(psycopg.errors.UniqueViolation, match="wallets_one_primary_per_user_key"):
        run(
            filled,
            "INSERT INTO wallets (user_id, chain_id, address, is_primary)"
            " VALUES (id(1), 'test', '0xC', true)",
        )


def test_the_largest_amount_a_chain_can_hold_fits(filled: Database) -> None:
    run(filled, "UPDATE proofs SET amount = 2::numeric ^ 256 - 1")
    largest = filled.execute("SELECT DISTINCT amount FROM proofs").fetchall()
    assert [int(amount) for (amount,) in largest] == [2**256 - 1]


def test_the_seed_can_be_run_twice_without_writing_a_row(migrated_database: Database) -> None:
    def written() -> dict[str, list[Any]]:
        """Every seeded row with the transaction that wrote it, which any write would change."""
        return {
            table: migrated_database.execute(
                f"SELECT xmin::text, * FROM {table} ORDER BY id".encode()
            ).fetchall()
            for table in SEEDED
        }

    migrated_database.execute(SEED)
    first = written()
    assert {table: len(rows) for table, rows in first.items()} == {
        "chains": 6,
        "assets": 12,
        "organisations": 1,
        "proof_templates": 4,
    }

    migrated_database.execute(SEED)
    assert written() == first


def test_the_seed_puts_its_own_rows_right_and_leaves_an_operators_choice(
    migrated_database: Database,
) -> None:
    migrated_database.execute(SEED)
    migrated_database.execute("UPDATE chains SET name = 'Typo', is_enabled = false")
    migrated_database.execute("UPDATE proof_templates SET name = 'Typo', is_active = false")
    migrated_database.execute(SEED)
    for table, choice in (("chains", "is_enabled"), ("proof_templates", "is_active")):
        assert rows(migrated_database, table, "name = 'Typo'") == 0
        assert rows(migrated_database, table, choice) == 0


def test_a_tenant_that_holds_the_systems_slug_does_not_become_the_system(
    migrated_database: Database,
) -> None:
    migrated_database.execute("INSERT INTO organisations (slug, name) VALUES ('platform', 'Mine')")
    with pytest.raises(psycopg.errors.UniqueViolation, match="organisations_slug_key"):
        migrated_database.execute(SEED)
    assert rows(migrated_database, "chains") == 0


def test_a_template_for_every_proof_type_is_seeded(
    migrated_database: Database,
) -> None:
    migrated_database.execute(SEED)
    missing = migrated_database.execute(
        "SELECT unnest(enum_range(NULL::proof_type)) EXCEPT SELECT proof_type FROM proof_templates"
    )
    assert missing.fetchall() == []
