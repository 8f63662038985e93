"""How far a migration is that is applied in several parts: kept in its row, so that the next run
can go on after any end of the last one.

The row is Prisma's: while `finished_at` is empty, Prisma goes no further (P3009). The checkpoint is
JSON in its `logs`, and is taken out when the migration is finished.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from bot.core.migrations.migration import Migration

# Names the format; a reader that does not know it leaves the row alone.
VERSION = 1


@dataclass(frozen=True)
class Intent:
    """What was going to be run outside a transaction, written before it is.

    `segment` is its place and `sql` its text; `there` what was there already and is not its work.
    `pid` and `backend_start` are the session that runs it.
    """

    segment: int
    sql: str = ""
    pid: int = 0
    backend_start: str = ""
    there: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """How far a change is that goes in batches: `after` is the key of the last row looked at, as
    PostgreSQL writes it in text, None before the first. `rows` is how many matched up to there.

    `digest` is that of the segment, and `key` are the columns it is cut by: with another text, or
    another key, nobody could say which rows are done.
    """

    segment: int
    after: tuple[str, ...] | None = None
    rows: int = 0
    digest: str = ""
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Before:
    """What the row of an applied migration said before it was begun to be taken back, so that it
    can say so again. `finished_at` is in ISO form; `steps` is its `applied_steps_count`."""

    finished_at: str
    steps: int = 1
    logs: str | None = None


@dataclass(frozen=True)
class Checkpoint:
    """`done` are the digests of the segments that are committed, in order. `checksum` is that of
    the text they were cut from. `error` says why it stopped, if it stopped by itself. `down` is
    set where that text takes the migration back: nothing may go on with it as if it applied it.
    """

    checksum: str
    done: tuple[str, ...] = ()
    intent: Intent | None = None
    batch: Batch | None = None
    error: str = ""
    down: Before | None = None

    @property
    def steps(self) -> int:
        """What `applied_steps_count` is while the migration is not finished."""
        return len(self.done)

    def after(self, digest: str) -> "Checkpoint":
        """With one more segment committed, and nothing begun after it."""
        return replace(self, done=(*self.done, digest), intent=None, batch=None, error="")

    def text(self) -> str:
        parts: dict[str, Any] = {
            "migration-bot": VERSION,
            "checksum": self.checksum,
            "done": list(self.done),
        }
        if self.intent is not None:
            parts["intent"] = {**vars(self.intent), "there": list(self.intent.there)}
        if self.batch is not None:
            after = self.batch.after
            parts["batch"] = {
                **vars(self.batch),
                "after": None if after is None else list(after),
                "key": list(self.batch.key),
            }
        if self.error:
            parts["error"] = self.error
        if self.down is not None:
            parts["down"] = vars(self.down)
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read_checkpoint(logs: str | None) -> Checkpoint | None:
    """The checkpoint in a row's `logs`; None where somebody else wrote them, or a newer bot."""
    try:
        parts = json.loads(logs or "")
        if not isinstance(parts, dict) or parts.get("migration-bot") != VERSION:
            return None
        found = _checkpoint(parts)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return found if found.text() == logs else None


def _checkpoint(parts: dict[str, Any]) -> Checkpoint:
    intent, batch, down = parts.get("intent"), parts.get("batch"), parts.get("down")
    if intent is not None:
        intent = Intent(
            segment=int(intent["segment"]),
            sql=str(intent["sql"]),
            pid=int(intent["pid"]),
            backend_start=str(intent["backend_start"]),
            there=tuple(str(each) for each in intent["there"]),
        )
    if batch is not None:
        after = batch["after"]
        batch = Batch(
            segment=int(batch["segment"]),
            after=None if after is None else tuple(str(each) for each in after),
            rows=int(batch["rows"]),
            digest=str(batch["digest"]),
            key=tuple(str(each) for each in batch["key"]),
        )
    if down is not None:
        logs = down["logs"]
        down = Before(
            finished_at=str(down["finished_at"]),
            steps=int(down["steps"]),
            logs=None if logs is None else str(logs),
        )
    return Checkpoint(
        checksum=str(parts["checksum"]),
        done=tuple(str(each) for each in parts["done"]),
        intent=intent,
        batch=batch,
        error=str(parts.get("error", "")),
        down=down,
    )


@dataclass(frozen=True)
class Whole:
    """The row of a migration that is one transaction: written whole, in that transaction. The id is
    chosen before, so that a COMMIT without an answer can be looked up."""

    id: str
    migration: Migration


@dataclass(frozen=True)
class Step:
    """A segment is committed: `checkpoint` counts it already."""

    id: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Last(Step):
    """The last segment is committed, and with it the migration is applied."""


@dataclass(frozen=True)
class Note:
    """Nothing is committed with it but itself: an intent, a batch, or why it stopped."""

    id: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Back:
    """The row of a migration that is taken back in one transaction, written in that transaction:
    it was applied, and is as `prisma migrate resolve --rolled-back` leaves one, with a note."""

    id: str
    logs: str = ""


@dataclass(frozen=True)
class LastBack(Step):
    """The last segment of what takes a migration back is committed, and with it that is done."""

    logs: str = ""


# What is written into the row, in the transaction of what it is about.
Record = Whole | Step | Last | Note | Back
