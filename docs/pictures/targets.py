"""What staging and production look like in the pictures: made up, as a rollout would tell it."""

from datetime import UTC, datetime, timedelta

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.rollouts.progress import BackupSummary, Check, Progress, State
from bot.core.targets.target import DriftMode, Kind

_LATER = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
_LOG = "https://github.com/acme/platform/actions/runs/9876543299"

WAITING = (Progress("staging", Kind.STAGING), Progress("production", Kind.PRODUCTION))

STAGING_DONE = Progress(
    "staging",
    Kind.STAGING,
    State.APPLIED,
    at=_LATER - timedelta(minutes=31),
    seconds=0.84,
    gates=(Gate("history", open=True, reason="the target and the history agree"),),
    run_url=_LOG,
    drift=Drift(DriftMode.REPORT, seconds=0.4),
    checks=(Check("rows", fine=True), Check("indexes", fine=True), Check("catalogue", fine=True)),
)

_STAGING_FIRST = Gate("staging first", open=True, reason="`staging` has applied exactly this text")
_STAGING_NOT_YET = Gate(
    "staging first",
    open=False,
    reason="staging has not applied 20261122090000_add_partners, 20261122100000_wallets_anywhere",
    hint="Run `migration-bot apply staging` first.",
)
_APPROVED = Gate(
    "approval",
    open=True,
    reason="2 of 2 for risk HIGH",
    waits_for=("@acme/dba", "a code owner of prisma/migrations"),
    given_by=("grace", "maria"),
)
_BACKED_UP = Gate("backup", open=True, reason="taken and proved after this plan was made")

PRODUCTION_CLOSED = Progress(
    "production",
    Kind.PRODUCTION,
    State.CLOSED,
    at=_LATER,
    gates=(
        Gate(
            "approval",
            open=False,
            reason="1 of 2; the approval by `linus` was given for an earlier text",
            hint="Ask one of @acme/dba to approve the last commit; it then goes on by itself.",
            waits_for=("@acme/dba", "a code owner of prisma/migrations"),
            given_by=("grace",),
        ),
        _STAGING_FIRST,
        Gate(
            "freeze",
            open=True,
            reason="closed from Fri 16:00 to Mon 08:00 (Europe/Berlin)",
            overridden="by `grace` on 2026-11-23 13:02 UTC: “hotfix for the checkout”",
        ),
    ),
    run_url=_LOG,
)

PROPOSED_GATES = (PRODUCTION_CLOSED.gates[0], _STAGING_NOT_YET)

_BACKUP = BackupSummary(
    id="production-20261123T150812Z",
    size=1_240_000_000,
    seconds=94.2,
    snapshot_at=_LATER - timedelta(minutes=4),
    proof="proved by restoring 37 tables and 12,403,118 rows on PostgreSQL 18.6",
)

PRODUCTION_DONE = Progress(
    "production",
    Kind.PRODUCTION,
    State.APPLIED,
    at=_LATER,
    seconds=2.31,
    gates=(_STAGING_FIRST, _APPROVED, _BACKED_UP),
    backup=_BACKUP,
    run_url=_LOG,
    drift=Drift(DriftMode.REFUSE, seconds=0.9),
    checks=(
        Check("rows", fine=True),
        Check("indexes", fine=True),
        Check("catalogue", fine=True),
        Check("queries", fine=True),
        Check("queries", fine=True),
    ),
)

PRODUCTION_FAILED = Progress(
    "production",
    Kind.PRODUCTION,
    State.FAILED,
    at=_LATER,
    seconds=61.0,
    gates=(_STAGING_FIRST, _APPROVED, _BACKED_UP),
    backup=_BACKUP,
    message="`20261122093000_add_verifier_country` could not get its lock on `verifications` "
    "within 60 s; a session of `reporting` has been holding it for 14 minutes. Nothing of it was "
    "applied.",
    hint="End that session or wait for it, then run the job again: it goes on with this migration.",
    run_url=_LOG,
    drift=Drift(DriftMode.REFUSE, seconds=0.9),
)

PRODUCTION_TAKEN_BACK = Progress(
    "production",
    Kind.PRODUCTION,
    State.ROLLED_BACK,
    at=_LATER,
    seconds=0.62,
    gates=(
        Gate("rollback", open=True, reason="asked for by `grace`", given_by=("grace", "maria")),
    ),
    backup=_BACKUP,
    message="`grace` asked for it: “the export breaks on the new column”. Its `down.sql` was run, "
    "and the schema is what it was before.",
    hint="Put what went wrong right in a new migration, and open a pull request for it.",
    run_url=_LOG,
    drift=Drift(DriftMode.REFUSE, seconds=0.9),
    checks=(Check("rows", fine=True), Check("catalogue", fine=True)),
)
