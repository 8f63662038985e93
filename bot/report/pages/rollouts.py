"""The records of rollouts as rows: who, when, how it went, and predicted against actual times.

A record is JSON out of a target: whoever can write there can write anything into it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.board.board import Board, TargetBoard
from bot.core.rehearsals.rehearsal import Rehearsal, RehearsedMigration
from bot.core.rollouts.audit import Sealed
from bot.report.pages.states import Tone
from bot.report.rehearsals.words import ms_words, range_words

# On one page; a record has up to MOST_PARTS migrations.
MOST_ROLLOUTS = 150
MOST_PARTS = 40
_TONES = {"applied": Tone.GOOD, "failed": Tone.BAD, "rolled back": Tone.WAITING}
_SIGNS = {"applied": "✓", "failed": "✕", "rolled back": "↩"}


@dataclass(frozen=True)
class Step:
    """One migration of a rollout. `predicted` and `actual` are words, "" where it is not known."""

    name: str
    applied: bool
    predicted: str = ""
    actual: str = ""
    predicted_range: tuple[float, float] | None = None
    actual_ms: float = 0.0

    @property
    def predicted_ms(self) -> float:
        return sum(self.predicted_range) / 2 if self.predicted_range else 0.0

    @property
    def ratio(self) -> float:
        """How many times the prediction it took; 0 where that cannot be told."""
        return self.actual_ms / self.predicted_ms if self.predicted_ms and self.actual_ms else 0.0


@dataclass(frozen=True)
class RolloutRow:
    """One record. `at` is None where the record has no time that can be read."""

    id: str
    target: str
    state: str
    tone: Tone
    sign: str
    at: datetime | None
    seconds: float
    who: str
    run: str
    digest: str
    down: bool
    steps: tuple[Step, ...]
    left: int
    approvals: tuple[str, ...]
    overrides: tuple[str, ...]
    backup: str
    proof: str
    message: str
    signed: bool


def rollout_rows(board: Board) -> tuple[RolloutRow, ...]:
    """Of all targets, the newest first."""
    found = [
        _row(each, target, board.review.rehearsal)
        for target in board.targets
        for each in target.records
    ]
    return tuple(sorted(found, key=age_of, reverse=True))


def last_rollout(target: TargetBoard) -> RolloutRow | None:
    """The newest of one target, without what was predicted."""
    return _row(target.records[0], target, None) if target.records else None


def rows_by_migration(rows: Sequence[RolloutRow]) -> dict[str, list[RolloutRow]]:
    found: dict[str, list[RolloutRow]] = {}
    for row in rows:
        for step in row.steps:
            found.setdefault(step.name, []).append(row)
    return found


def age_of(row: RolloutRow) -> float:
    return row.at.timestamp() if row.at else 0.0


def _row(sealed: Sealed, target: TargetBoard, rehearsal: Rehearsal | None) -> RolloutRow:
    record = sealed.record
    outcome, trigger = _part(record, "outcome"), _part(record, "trigger")
    backup, state = _part(record, "backup"), _text(outcome, "state") or "not known"
    steps = tuple(_steps(record, rehearsal))
    return RolloutRow(
        id=_text(record, "id"),
        target=target.name,
        state=state,
        tone=_TONES.get(state, Tone.QUIET),
        sign=_SIGNS.get(state, "·"),
        at=_time(record.get("at")),
        seconds=_number(outcome.get("milliseconds")) / 1000,
        who=_text(trigger, "login"),
        run=_text(trigger, "run"),
        digest=_text(record, "digest"),
        down=_text(record, "direction") == "down",
        steps=steps[:MOST_PARTS],
        left=max(0, len(steps) - MOST_PARTS),
        approvals=tuple(_text(each, "login") for each in _parts(record, "approvals")),
        overrides=tuple(
            f"{_text(each, 'gate')}: {_text(each, 'override')}"
            for each in _parts(record, "overrides")
        ),
        backup=_text(backup, "id"),
        proof=_text(backup, "proof"),
        message=_text(outcome, "message"),
        signed=sealed.signature is not None,
    )


def _steps(record: Mapping[str, Any], rehearsal: Rehearsal | None) -> Iterator[Step]:
    up = _text(record, "direction") != "down"
    for each in _parts(record, "migrations"):
        name, actual = _text(each, "name"), _number(each.get("milliseconds"))
        # What was rehearsed is the way up.
        rehearsed = rehearsal.of(name) if rehearsal and up else None
        predicted, said = predicted_for(rehearsed)
        yield Step(
            name=name,
            applied=each.get("applied") is True,
            predicted=said,
            actual=ms_words(actual) if each.get("milliseconds") is not None else "",
            predicted_range=predicted,
            actual_ms=actual,
        )


def predicted_for(
    rehearsed: RehearsedMigration | None,
) -> tuple[tuple[float, float] | None, str]:
    """From how many milliseconds to how many, and words: carried over to the target's size where
    that is known, as measured on the throw-away server where it is not."""
    if rehearsed is None or rehearsed.refused is not None:
        return None, ""
    if rehearsed.estimates:
        least = sum(each.least_ms for each in rehearsed.estimates)
        most = sum(each.most_ms for each in rehearsed.estimates)
        return (least, most), range_words(least, most)
    took = rehearsed.duration_ms
    return (took, took), f"{ms_words(rehearsed.duration_ms)} in the rehearsal"


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}


def _parts(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = record.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _text(record: Mapping[str, Any], name: str) -> str:
    found = record.get(name)
    return found if isinstance(found, str) else ""


def _number(value: object) -> float:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
    return float(value) if fine and isinstance(value, int | float) else 0.0


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
