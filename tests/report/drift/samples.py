"""Looks for drift to show."""

from bot.core.drift.look import DriftState, Look, Script
from bot.core.schemas.draft import DraftedStatement
from bot.core.schemas.schema import Scalar
from bot.core.targets.target import Kind
from tests.core.drift.snapshots import found, made
from tests.fakes import NOON

CLEAN = Look("production", Kind.PRODUCTION, DriftState.CLEAN, NOON, applied=3, seconds=1.5)
RUNNING = Look("staging", Kind.STAGING, DriftState.RUNNING, NOON, problem="somebody is at it")
UNREAD = Look(
    "staging", Kind.STAGING, DriftState.UNKNOWN, NOON, problem="It is down.", hint="Start it."
)
UNSET = Look("dev", Kind.DEVELOPMENT, DriftState.UNSET, NOON, problem="DATABASE_URL is not set")


def drifted(*, name: str = "by_hand", sql: str = "DROP INDEX by_hand") -> Look:
    there: dict[str, dict[str, Scalar]] = {
        f"index public.a.{name}": {"definition": f"CREATE INDEX {name} ON a (id)"},
        "column public.a.id": {"position": 1, "type": "bigint"},
        "comment table public.a": {"text": name},
        "grant relation public.a": {"privileges": "app=SELECT, app=UPDATE, eve=SELECT"},
        "extension citext": {"schema": "public"},
    }
    return Look(
        "production",
        Kind.PRODUCTION,
        DriftState.DRIFTED,
        NOON,
        applied=3,
        deviations=found(made(), made(there)),
        unseen=("event trigger",),
        mend=Script((DraftedStatement(sql, loses=f"the rows of {name}"),)),
        record=Script(
            (DraftedStatement("CREATE INDEX i ON a (id)"),),
            left=(f"index {name}",),
            problem="PostgreSQL refused it: no",
        ),
    )
