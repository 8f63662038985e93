-- Reference data of the Proof of Funds platform: chains, assets, the platform's own organisation and
-- the templates everybody may use.
--
-- Run it after the migrations, as often as you like: a row that is there and right is not written
-- again, a row that differs is put right. What an operator owns is left alone: `is_enabled`,
-- `is_active` and `settings` are set when the row is new, and never changed back. Rows that are not
-- listed here are never touched.

-- Chains, by name. `evm_chain_id` is the EIP-155 number.
INSERT INTO "chains" ("id", "name", "evm_chain_id") VALUES
    ('ethereum', 'Ethereum', 1),
    ('polygon', 'Polygon PoS', 137),
    ('arbitrum', 'Arbitrum One', 42161),
    ('base', 'Base', 8453),
    ('bitcoin', 'Bitcoin', NULL),
    ('solana', 'Solana', NULL)
ON CONFLICT ("id") DO UPDATE
    SET "name" = EXCLUDED."name", "evm_chain_id" = EXCLUDED."evm_chain_id"
    WHERE ("chains"."name", "chains"."evm_chain_id")
        IS DISTINCT FROM (EXCLUDED."name", EXCLUDED."evm_chain_id");

-- Assets, by chain and symbol. The chain's own coin has no contract.
INSERT INTO "assets" ("chain_id", "symbol", "name", "contract_address", "decimals") VALUES
    ('ethereum', 'ETH', 'Ether', NULL, 18),
    ('ethereum', 'USDC', 'USD Coin', '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', 6),
    ('ethereum', 'USDT', 'Tether USD', '0xdAC17F958D2ee523a2206206994597C13D831ec7', 6),
    ('ethereum', 'DAI', 'Dai Stablecoin', '0x6B175474E89094C44Da98b954EedeAC495271d0F', 18),
    ('polygon', 'POL', 'Polygon Ecosystem Token', NULL, 18),
    ('polygon', 'USDC', 'USD Coin', '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359', 6),
    ('arbitrum', 'ETH', 'Ether', NULL, 18),
    ('arbitrum', 'USDC', 'USD Coin', '0xaf88d065e77c8cC2239327C5EDb3A432268e5831', 6),
    ('base', 'ETH', 'Ether', NULL, 18),
    ('base', 'USDC', 'USD Coin', '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', 6),
    ('bitcoin', 'BTC', 'Bitcoin', NULL, 8),
    ('solana', 'SOL', 'Solana', NULL, 9)
ON CONFLICT ("chain_id", "symbol") DO UPDATE
    SET "name" = EXCLUDED."name",
        "contract_address" = EXCLUDED."contract_address",
        "decimals" = EXCLUDED."decimals"
    WHERE ("assets"."name", "assets"."contract_address", "assets"."decimals")
        IS DISTINCT FROM (EXCLUDED."name", EXCLUDED."contract_address", EXCLUDED."decimals");

-- The platform's own organisation. Its id is fixed, so that every environment can name it; a tenant
-- that holds the slug already makes this fail rather than become the system's.
INSERT INTO "organisations" ("id", "slug", "name", "description", "is_system", "verified_at") VALUES
    (
        '00000000-0000-4000-8000-000000000001',
        'platform',
        'Proof of Funds',
        'The platform itself: owner of the templates everybody may use.',
        true,
        CURRENT_TIMESTAMP
    )
ON CONFLICT ("id") DO UPDATE
    SET "slug" = EXCLUDED."slug",
        "name" = EXCLUDED."name",
        "description" = EXCLUDED."description",
        "is_system" = EXCLUDED."is_system",
        "updated_at" = CURRENT_TIMESTAMP
    WHERE ("organisations"."slug", "organisations"."name", "organisations"."description", "organisations"."is_system")
        IS DISTINCT FROM (EXCLUDED."slug", EXCLUDED."name", EXCLUDED."description", EXCLUDED."is_system");

-- The templates everybody may use, one for each proof type, by slug.
INSERT INTO "proof_templates" ("organisation_id", "slug", "name", "description", "proof_type", "parameters", "tags") VALUES
    (
        '00000000-0000-4000-8000-000000000001',
        'exact-balance',
        'Exact balance',
        'The wallet held exactly this amount at this time. For audits and closing accounts.',
        'standard',
        '{"valid_for_days": 30}',
        ARRAY['audit']
    ),
    (
        '00000000-0000-4000-8000-000000000001',
        'minimum-balance',
        'Minimum balance',
        'The wallet held at least this amount at this time. For mortgages, visas and tenancies.',
        'threshold',
        '{"valid_for_days": 90}',
        ARRAY['mortgage', 'visa', 'tenancy']
    ),
    (
        '00000000-0000-4000-8000-000000000001',
        'maximum-balance',
        'Maximum balance',
        'The wallet held at most this amount at this time. For means tests and exposure limits.',
        'maximum',
        '{"valid_for_days": 30}',
        ARRAY['means-test', 'compliance']
    ),
    (
        '00000000-0000-4000-8000-000000000001',
        'private-minimum-balance',
        'Private minimum balance',
        'The wallet held enough, shown without giving the amount away. For negotiations.',
        'zero_knowledge',
        '{"valid_for_days": 14, "circuit": "range-v1"}',
        ARRAY['negotiation', 'privacy']
    )
ON CONFLICT ("organisation_id", "slug") DO UPDATE
    SET "name" = EXCLUDED."name",
        "description" = EXCLUDED."description",
        "proof_type" = EXCLUDED."proof_type",
        "parameters" = EXCLUDED."parameters",
        "tags" = EXCLUDED."tags",
        "updated_at" = CURRENT_TIMESTAMP
    WHERE ("proof_templates"."name", "proof_templates"."description", "proof_templates"."proof_type", "proof_templates"."parameters", "proof_templates"."tags")
        IS DISTINCT FROM (EXCLUDED."name", EXCLUDED."description", EXCLUDED."proof_type", EXCLUDED."parameters", EXCLUDED."tags");
