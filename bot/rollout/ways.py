"""The two ways a script is recorded: as what applies its migration, or as what takes it back.

How it is run, cut and gone on with is the same for both.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Protocol
from uuid import uuid4

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.migration import DOWN_SCRIPT, AppliedMigration, Migration
from bot.core.rollouts.checkpoint import (
    Back,
    Before,
    Checkpoint,
    Last,
    LastBack,
    Note,
    Record,
    Step,
    Whole,
)
from bot.core.rollouts.rollback import TAKEN_BACK
from bot.core.targets.target import Target
from bot.rollout.keeping.giver import Giver
from bot.rollout.keeping.keeper import Keeper, Say
from bot.world import Database


class Way(Protocol):
    """What is written into a migration's row while its script runs.

    `script` is what errors call the script, `done` what becomes of a statement that is committed,
    and `code` what Prisma calls it if one is refused, "" if it has no word for it.
    """

    @property
    def script(self) -> str: ...
    @property
    def done(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def begun(self) -> AppliedMigration | None:
        """The row of an earlier run that did not finish it."""

    def keeper(
        self, judged: JudgedMigration, database: Database, target: Target, say: Say
    ) -> Keeper | Giver:
        """What keeps what it destroys, or gives back what was kept."""

    def whole(self) -> Record:
        """With a script that is one transaction."""

    def begin(self, database: Database) -> Note:
        """The row of a script that is run in parts."""

    def last(self, id: str, checkpoint: Checkpoint) -> Step:
        """With the last of the parts."""

    def forget(self, at: Note, database: Database) -> None:
        """Nothing of what was begun is committed."""


@dataclass(frozen=True)
class Up:
    """`row` is there if an earlier run has begun to apply it."""

    migration: Migration
    row: AppliedMigration | None = None

    done = "is applied"
    code = "P3018"

    @property
    def script(self) -> str:
        return self.migration.name

    @property
    def begun(self) -> AppliedMigration | None:
        return self.row

    def keeper(
        self, judged: JudgedMigration, database: Database, target: Target, say: Say
    ) -> Keeper | Giver:
        return Keeper(judged, database, target, say)

    def whole(self) -> Record:
        return Whole(str(uuid4()), self.migration)

    def begin(self, database: Database) -> Note:
        at = Note(str(uuid4()), Checkpoint(self.migration.checksum))
        database.start(at.id, self.migration.name, at.checkpoint)
        return at

    def last(self, id: str, checkpoint: Checkpoint) -> Step:
        return Last(id, checkpoint)

    def forget(self, at: Note, database: Database) -> None:
        database.forget(at.id, at.checkpoint.steps)


@dataclass(frozen=True)
class Down:
    """`migration` has the text that takes it back; `row` says that it is applied, or that an
    earlier run has begun to take it back. `give_at` is the statement before which kept rows are
    given back, None where that is behind the last."""

    migration: Migration
    row: AppliedMigration
    give_at: int | None = None

    done = "is taken back"
    code = ""

    @property
    def script(self) -> str:
        return f"{DOWN_SCRIPT} of {self.migration.name}"

    @property
    def begun(self) -> AppliedMigration | None:
        return self.row if self.row.unfinished else None

    def keeper(
        self, judged: JudgedMigration, database: Database, target: Target, say: Say
    ) -> Keeper | Giver:
        return Giver(self.migration.name, self.row.id, database, say, self.give_at)

    def whole(self) -> Record:
        return Back(self.row.id, _told(_before(self.row)))

    def begin(self, database: Database) -> Note:
        at = Note(self.row.id, Checkpoint(self.migration.checksum, down=_before(self.row)))
        database.reopen(at.id, self.migration.name, at.checkpoint)
        return at

    def last(self, id: str, checkpoint: Checkpoint) -> Step:
        assert checkpoint.down is not None
        return LastBack(id, checkpoint, _told(checkpoint.down))

    def forget(self, at: Note, database: Database) -> None:
        assert at.checkpoint.down is not None
        database.close(at.id, at.checkpoint.down)


def _before(row: AppliedMigration) -> Before:
    assert row.finished_at is not None
    at = row.finished_at.astimezone(UTC).isoformat()
    return Before(at, row.applied_steps_count, row.logs)


def _told(before: Before) -> str:
    """What the row's `logs` say afterwards: its `finished_at` is empty, as Prisma leaves it."""
    return f"{TAKEN_BACK} It had been applied at {before.finished_at}."
