"""The repository of the demo: the platform's own migrations, and the change that Ada proposes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

REPOSITORY = "proof-of-funds/platform"
BRANCH = "verifier-country"

CONFIGURATION = """\
targets:
  staging:    {kind: staging, url_env: STAGING_DATABASE_URL}
  production: {kind: production, url_env: PRODUCTION_DATABASE_URL, after: staging, approvals: 1}
"""

_COLUMN = """\
-- Let a verifier say which country they verify for; the form asks from the next release on.
-- AlterTable
ALTER TABLE "verifications" ADD COLUMN "verifier_country" TEXT;
"""

_INDEX = """\
-- The monthly report lists verifications by country.
-- CreateIndex
CREATE INDEX {how}"verifications_verifier_country_idx" ON "verifications"("verifier_country");
"""

SCHEMA = "prisma/schema.prisma"
# What Ada writes into the model, each above the line that it comes before.
_MODEL = (
    (
        "  method               VerificationMethod\n",
        '  verifierCountry      String?             @map("verifier_country")\n',
    ),
    ('  @@map("verifications")\n', "  @@index([verifierCountry])\n"),
)


@dataclass(frozen=True)
class Proposal:
    """Two new migrations, and the model that they are for.

    `risky` is what Ada writes first, `mended` what she pushes then.
    """

    title: str
    column: str
    index: str
    risky: dict[str, str]
    mended: dict[str, str]


def proposal(now: datetime) -> Proposal:
    column = f"{now - timedelta(minutes=2):%Y%m%d%H%M%S}_add_verifier_country"
    index = f"{now - timedelta(minutes=1):%Y%m%d%H%M%S}_index_verifier_country"
    return Proposal(
        title="Ask verifiers for their country",
        column=column,
        index=index,
        risky={
            SCHEMA: _with_country(platform_files()[SCHEMA]),
            _path(column): _COLUMN,
            _path(index): _INDEX.format(how=""),
        },
        mended={_path(index): _INDEX.format(how="CONCURRENTLY ")},
    )


def platform_files() -> dict[str, str]:
    """`prisma/` of this project by path, and the configuration of the bot beside it."""
    root = _prisma_folder()
    texts = {
        f"prisma/{path.relative_to(root).as_posix()}": path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in (".sql", ".toml", ".prisma")
    }
    return texts | {".github/migration-bot.yml": CONFIGURATION}


def seed() -> str:
    return (_prisma_folder() / "seed.sql").read_text("utf-8")


def rows(users: int) -> str:
    """SQL that makes users, a wallet and a verified proof each, and three verifications of it."""
    return f"""
    INSERT INTO users (email, display_name)
    SELECT format('user%s@example.com', n), format('User %s', n) FROM generate_series(1, {users}) n;
    INSERT INTO wallets (user_id, chain_id, address, is_primary)
    SELECT users.id, (SELECT id FROM chains ORDER BY id LIMIT 1), '0x' || md5(email), true
      FROM users;
    INSERT INTO proofs (user_id, wallet_id, asset_id, proof_type, title, amount,
                        as_of, share_token)
    SELECT wallets.user_id, wallets.id, (SELECT id FROM assets ORDER BY symbol LIMIT 1),
           'standard', 'Funds', 1000, now(), md5(wallets.address)
      FROM wallets;
    INSERT INTO verifications (proof_id, verifier_label, method)
    SELECT proofs.id, format('Bank %s', n), 'balance' FROM proofs, generate_series(1, 3) n;
    """  # noqa: S608 - the number is ours


def _with_country(schema: str) -> str:
    for above, line in _MODEL:
        before, found, after = schema.partition(above)
        assert found, f"prisma/schema.prisma has no line {above.strip()}"
        schema = before + line + found + after
    return schema


def _path(name: str) -> str:
    return f"prisma/migrations/{name}/migration.sql"


def _prisma_folder() -> Path:
    """In a checkout beside the package; in an installed wheel inside it."""
    inside = Path(__file__).with_name("prisma")
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "prisma"
