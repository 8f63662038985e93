"""A comment that is meant to allow a finding does not.

It names a rule that does not exist, gives no reason, stands where nothing needs it, or its last day
has passed. Left alone, it would make readers believe that somebody had looked and decided.
"""

from bot.core.findings.finding import Severity

SEVERITY = Severity.WARNING

FIX = (
    "Write `-- migration-bot: allow RULE because REASON` directly above the statement, or delete "
    "the comment."
)

BAD = """
-- migration-bot: allow table-dropped
SELECT 1;
"""

GOOD = """
SELECT 1;
"""

QUIET = [
    "-- migration-bot is great\nSELECT 1;",
    "SELECT '-- migration-bot: allow nothing';",
    "-- nothing to allow\nSELECT 1;",
]
