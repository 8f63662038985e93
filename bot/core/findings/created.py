"""What came of creating a migration."""

from dataclasses import dataclass

from bot.core.findings.review import Review
from bot.core.migrations.difference import Difference
from bot.core.migrations.migration import Migration
from bot.core.schemas.drafted_down import DraftedDown


@dataclass(frozen=True)
class CreatedDown:
    """What takes it back. `written` says whether that is in the folder; `problem` why there is no
    draft, "" if there is one."""

    draft: DraftedDown | None = None
    written: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Created:
    """`migration` is None where there was nothing to create. `difference` is what Prisma wrote,
    None if nobody asked it; `target` is the one whose schema it starts from, "" for the history.

    `lock` says that migration_lock.toml was written too. `review` judges it. `fixable` are the
    rules that `fix` rewrites it for; `refused` is why it does not run on the shadow database.
    """

    migration: Migration | None = None
    difference: Difference | None = None
    target: str = ""
    lock: bool = False
    review: Review | None = None
    fixable: tuple[str, ...] = ()
    refused: str = ""
    down: CreatedDown | None = None
