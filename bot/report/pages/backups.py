"""Backups as rows: which there are, where, and how far each is proved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.backups.backup import StoredBackup
from bot.core.board.board import Board, TargetBoard
from bot.core.duration import age
from bot.core.targets.target import Kind
from bot.report.pages.states import Tone
from bot.report.words import listed

MOST_BACKUPS = 100


@dataclass(frozen=True)
class BackupView:
    id: str
    at: datetime
    age: str
    size: int
    rows: int
    location: str
    encrypted: bool
    head: str
    proof: str
    level: str
    tone: Tone
    sign: str
    differences: str


@dataclass(frozen=True)
class TargetBackups:
    target: TargetBoard
    backups: tuple[BackupView, ...]
    left: int


def backup_views(board: Board) -> tuple[TargetBackups, ...]:
    """Those of targets that have any to speak of, production first."""
    return tuple(
        TargetBackups(
            target,
            tuple(_backup(each, board.at) for each in target.backups[:MOST_BACKUPS]),
            max(0, len(target.backups) - MOST_BACKUPS),
        )
        for target in board.urgent_first
        if target.kind is not Kind.DEVELOPMENT
    )


def newest_proved(target: TargetBoard) -> StoredBackup | None:
    return next((each for each in target.backups if each.proved), None)


def _backup(stored: StoredBackup, now: datetime) -> BackupView:
    manifest, proof = stored.manifest, stored.proof
    tone, sign = Tone.WAITING, "○"
    if proof is not None:
        tone, sign = (Tone.GOOD, "✓") if proof.ok else (Tone.BAD, "✕")
    return BackupView(
        id=manifest.id,
        at=manifest.started_at,
        age=age(now - manifest.started_at),
        size=manifest.stored_size,
        rows=manifest.rows,
        location=stored.location or manifest.location,
        encrypted=manifest.encrypted,
        head=manifest.migration_head or "",
        proof=proof.words if proof else "nobody has proved it",
        level=proof.level.value if proof and proof.ok else "",
        tone=tone,
        sign=sign,
        differences=listed(_differences(stored)),
    )


def _differences(stored: StoredBackup) -> Iterator[str]:
    if stored.proof is not None:
        yield from stored.proof.differences[1:]
