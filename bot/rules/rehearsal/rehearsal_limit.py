"""The migration was ended in its rehearsal, because it took more than a rehearsal gives.

There is a limit for the time of a statement and of everything, for memory and for disk. What
reaches one on a throw-away server with few rows or none has no place in a rollout, where it would
hold its locks meanwhile.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.refusal import Stop
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.ERROR

FIX = "Do it in smaller steps, or raise the limit under `rehearsal:` in the configuration."

BAD = """
DO $$ BEGIN LOOP NULL; END LOOP; END $$;
"""

GOOD = """
DO $$ BEGIN FOR i IN 1..1000 LOOP NULL; END LOOP; END $$;
"""

QUIET = [
    "CREATE TABLE t (id bigint PRIMARY KEY);",
    "CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000);",
    "SELECT pg_sleep(0.01);",
]

_CANCELLED = "57014"
_WORDS = {
    Stop.TIME: "It did not end in the time a rehearsal has",
    Stop.DISK: "It filled the disk space a rehearsal has",
    Stop.MEMORY: "It needs more memory than a rehearsal has",
    Stop.CONNECTION: "It ended its own connection",
    Stop.SERVER: "The server went down while it ran",
}


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    refused = context.rehearsed.refused
    if refused is not None and refused.stop in _WORDS:
        # That it was cancelled, which we did, says nothing more.
        said = "" if refused.sqlstate == _CANCELLED else f": {refused.message.rstrip('.')}"
        yield Hit(
            f"{_WORDS[refused.stop]}{said}.", statement=refused.statement, fix=refused.hint or None
        )
