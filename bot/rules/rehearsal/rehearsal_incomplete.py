"""The migration could not be rehearsed, so nobody knows what it does.

A rehearsal runs as a role that owns its database and nothing else. It does not give a superuser's
rights, and it has the extensions of the server it runs on. What needs more has to be tried
elsewhere, or on a server of your own.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.refusal import Stop
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.WARNING

FIX = (
    "Rehearse on a server that has what it needs: `migration-bot rehearse --postgres URL`, or "
    "MIGRATION_BOT_REHEARSAL_URL in the workflow."
)

BAD = """
CREATE EXTENSION dblink;
"""

GOOD = """
CREATE TABLE t (id bigint PRIMARY KEY);
"""

QUIET = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
    "CREATE EXTENSION pgcrypto;",
    "CREATE TABLE t (id bigint PRIMARY KEY); GRANT SELECT ON t TO reporting;",
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    refused = context.rehearsed.refused
    # That a file cannot be read is said already.
    unread = context.judged.fault is not None
    if refused is not None and refused.stop is Stop.NOT_POSSIBLE and not unread:
        yield Hit(
            f"It could not be rehearsed: {refused.message.rstrip('.')}.",
            statement=refused.statement,
            fix=refused.hint or None,
        )
