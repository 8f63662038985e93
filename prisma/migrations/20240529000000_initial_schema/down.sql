-- Takes 20240529000000_initial_schema back, once the later migrations are taken back: afterwards the
-- schema is as empty as before. Every row of the platform goes with the tables; where that is not
-- meant, restore a backup instead.
--
-- Children go before their parents and each object is named, without CASCADE: whatever else has come
-- to depend on these tables stops the script instead of being taken along.

DROP TABLE "audit_log";

DROP TABLE "batch_items";

DROP TABLE "batches";

DROP TABLE "verifications";

DROP TABLE "proofs";

DROP TABLE "proof_templates";

DROP TABLE "wallets";

DROP TABLE "assets";

DROP TABLE "chains";

DROP TABLE "organisation_members";

DROP TABLE "organisations";

DROP TABLE "users";

DROP TYPE "batch_status";

DROP TYPE "verification_outcome";

DROP TYPE "verification_method";

DROP TYPE "proof_status";

DROP TYPE "proof_type";

DROP TYPE "wallet_status";

DROP TYPE "organisation_role";

DROP TYPE "user_role";
