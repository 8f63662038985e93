"""Two migrations carry the same time, so their order falls to the rest of their names.

Versions of Prisma sort the rest differently: up to 6.5 by byte, from 6.6 on as a dictionary would.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import timestamp_of
from bot.core.migrations.renaming import Flaw, move_command, renamings
from bot.rules.history.layouts import FIRST, SECOND, THIRD, files

SEVERITY = Severity.WARNING

FIX = "Give the later one another time, as long as it has not been applied anywhere."

BAD = Layout(base=files(FIRST), head=files(FIRST, SECOND, "20260102000000_twin"))
GOOD = Layout(base=files(FIRST), head=files(FIRST, SECOND, "20260102000001_twin"))
QUIET = [
    Layout(base=files(FIRST), head=files(FIRST, SECOND, THIRD)),
    Layout(base=files(FIRST, "20260101000000_twin"), head=files(FIRST, "20260101000000_twin")),
    Layout(base=files(), head=files("0_init", FIRST)),
]


def check_change(change: Change) -> Hits:
    for renaming in renamings(change):
        if renaming.flaw is Flaw.TWIN:
            yield Hit(
                f"{renaming.old} carries the same time as {_twin(change, renaming.old)}.",
                path=change.head.path_of(renaming.old),
                fix=move_command(change, renaming),
            )


def _twin(change: Change, name: str) -> str:
    names = [*change.head.names, *(change.base.names if change.base else ())]
    at = timestamp_of(name)
    return next((each for each in names if each != name and timestamp_of(each) == at), "another")
