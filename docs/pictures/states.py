"""The states a comment can be in, as reports: real judgements and rehearsals of real SQL.

What people and targets would have done is made up; everything else is what the bot finds.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.approvals.approval import Approval, StaleApproval
from bot.core.findings.review import Review
from bot.core.github.run import Run
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.core.settings import Settings
from bot.demo.project import platform_files
from bot.drafting.draft import draft
from bot.flows.reviewing.rehearsal_order import order_for
from bot.judge.judge import judge
from bot.judge.rehearsed import with_rehearsal
from bot.report.report import Report
from bot.rules import RULES
from docs.pictures.targets import (
    PRODUCTION_CLOSED,
    PRODUCTION_DONE,
    PRODUCTION_FAILED,
    PRODUCTION_TAKEN_BACK,
    PROPOSED_GATES,
    STAGING_DONE,
    WAITING,
)

FOLDER = "prisma/migrations"
NOW = datetime(2026, 11, 23, 14, 29, 41, tzinfo=UTC)
HEAD = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
RUN = Run(
    commit=HEAD,
    repository_url="https://github.com/acme/platform",
    url="https://github.com/acme/platform/actions/runs/9876543210",
    id=9876543210,
    number=123,
    attempt=1,
    at=NOW,
)
APPROVED = tuple(Approval(who, HEAD, NOW - timedelta(minutes=25)) for who in ("grace", "maria"))
EARLIER = "77777777aaaabbbbccccddddeeeeffff00001111"

_PARTNERS = """\
-- CreateTable
CREATE TABLE "partners" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organisation_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "partners_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "partners_organisation_id_name_key" ON "partners"("organisation_id", "name");
"""
_TIED = _PARTNERS.replace(
    'PRIMARY KEY ("id")\n',
    'PRIMARY KEY ("id"),\n    CONSTRAINT "partners_organisation_id_fkey" FOREIGN KEY '
    '("organisation_id")\n        REFERENCES "organisations"("id") ON DELETE RESTRICT\n',
)
_COUNTRY = """\
-- AlterTable
ALTER TABLE "verifications" ADD COLUMN "verifier_country" TEXT;
"""
_LABEL = """\
-- AlterTable
ALTER TABLE "wallets" ALTER COLUMN "chain_id" DROP NOT NULL;

-- DropIndex
DROP INDEX "wallets_address_hash_idx";
"""
_INDEX = """\
-- CreateIndex
CREATE INDEX "verifications_verifier_country_idx" ON "verifications"("verifier_country");
"""
CALM = {
    "20261122090000_add_partners": _PARTNERS,
    "20261122093000_add_verifier_country": _COUNTRY,
}
WARNED = {"20261122090000_add_partners": _TIED, "20261122100000_wallets_anywhere": _LABEL}
BLOCKED = {
    "20261122093000_add_verifier_country": _COUNTRY,
    "20261122101500_index_verifier_country": _INDEX,
}
_TABLES = ("users", "organisations", "wallets", "proofs", "verifications", "batches")


def sixty() -> dict[str, str]:
    """A branch that lived for two months: a column a day, and now and then something heavier."""
    start = datetime(2026, 9, 20, 9, tzinfo=UTC)
    texts: dict[str, str] = {}
    for day in range(60):
        table = _TABLES[day % len(_TABLES)]
        column = f'ALTER TABLE "{table}" ADD COLUMN "extra_{day}" TEXT;\n'
        index = f'CREATE INDEX "{table}_extra_{day}_idx" ON "{table}"("extra_{day}");\n'
        named = f"{start + timedelta(days=day):%Y%m%d%H%M%S}_add_{table}_extra_{day}"
        texts[named] = f"{column}\n{index}" if day % 20 == 13 else column
    return texts


def states() -> dict[str, Report]:
    """By the name that the picture has, in the order in which a pull request goes through them."""
    return {**_proposed(), **_merged()}


def _proposed() -> dict[str, Report]:
    warned = review(WARNED)
    made = Report(warned, targets=WAITING, needed=2, run=RUN, pull=42)
    held = (WAITING[0], replace(WAITING[1], gates=PROPOSED_GATES))
    stale = StaleApproval(
        "linus", EARLIER, ("`20261122100000_wallets_anywhere`, line 5: `DROP INDEX` is new",)
    )
    return {
        "all-well": replace(made, review=review(CALM), approvals=APPROVED),
        "warnings": made,
        "blocked": replace(made, review=review(BLOCKED)),
        "sixty-migrations": replace(made, review=review(sixty())),
        "waiting-for-approval": replace(made, targets=held, approvals=APPROVED[:1], stale=(stale,)),
    }


def _merged() -> dict[str, Report]:
    """As a rollout tells it: it judges what came in, and rehearses nothing again."""
    judged = replace(review(CALM), rehearsal=None)
    made = Report(judged, approvals=APPROVED, needed=2, run=RUN, pull=42)
    made = replace(made, merged=True, rehearsed=RUN.id - 77)
    first, second = CALM
    staged = replace(STAGING_DONE, migrations=(first, second))
    failed = replace(PRODUCTION_FAILED, migrations=(first,), failed=second)
    taken = replace(PRODUCTION_TAKEN_BACK, migrations=(second,))
    stale = StaleApproval("linus", EARLIER, (f"`{second}`, line 2: `TEXT` was `VARCHAR(2)`",))
    return {
        "staging-done": replace(
            made, targets=(staged, PRODUCTION_CLOSED), approvals=APPROVED[:1], stale=(stale,)
        ),
        "production-done": replace(made, targets=(staged, PRODUCTION_DONE)),
        "production-failed": replace(made, targets=(staged, failed)),
        "rolled-back": replace(made, targets=(staged, taken)),
    }


def review(added: Mapping[str, str]) -> Review:
    """What `check` finds on a branch that adds these to the platform's own history."""
    return _review(tuple(added.items()))


def change_that_adds(added: Mapping[str, str]) -> Change:
    """A branch that adds these to the platform's own history."""
    base = tuple(
        Migration(path.split("/")[2], path, sql)
        for path, sql in platform_files().items()
        if path.endswith("/migration.sql")
    )
    new = (Migration(name, f"{FOLDER}/{name}/migration.sql", sql) for name, sql in added.items())
    return Change(
        head=History(FOLDER, (*base, *new), provider="postgresql"),
        base=History(FOLDER, base, provider="postgresql"),
        base_name="main",
        now=NOW,
    )


@cache
def _review(added: tuple[tuple[str, str], ...]) -> Review:
    change = change_that_adds(dict(added))
    judged = judge(change, RULES)
    order = order_for(change, judged, Settings(), DataOrder()).order
    found = rehearse(order, environ=os.environ, drafter=draft)
    return with_rehearsal(judged, found, RULES, folder=FOLDER, today=NOW.date())
