"""What a backup is going to take: time, size and space, told before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.backups.backup import Manifest, Proof
from bot.core.backups.level import Level
from bot.core.duration import duration
from bot.core.rehearsals.sizes import size_text
from bot.errors import BackupError

# Where nothing is known of a target yet. Measured with two jobs and zstd; a dump has no indexes, so
# it is 0.26 to 0.8 of the database, by what is in it.
_SIZE = 0.5
_BYTES_A_SECOND: dict[Level | None, float] = {
    None: 200e6,
    Level.DECODE: 150e6,
    Level.RESTORE: 55e6,
    Level.CONTENT: 45e6,
}
# A server that has just been started takes that long, whatever is restored into it.
_FIXED_SECONDS = 1.0

# Beyond what was predicted: the last one was of a database that has grown since.
_SPACE_MARGIN = 1.2

# How far the size of a dump, in proportion to its database, may be from that of the last.
_SMALLEST, _LARGEST = 0.5, 2.0
# Smaller differences than this are of the catalogue and not of the rows.
_TOO_SMALL_TO_TELL = 1_000_000


@dataclass(frozen=True)
class Past:
    """What an earlier backup of the same target took. `proof_seconds` is None if nothing proved
    it, or at another level than is wanted now."""

    database_size: int
    size: int
    seconds: float
    proof_seconds: float | None = None


def past_of(manifest: Manifest, proof: Proof | None, level: Level) -> Past:
    proved = proof is not None and proof.ok and proof.level is level
    return Past(
        database_size=manifest.database_size,
        size=manifest.size,
        seconds=manifest.seconds,
        proof_seconds=proof.seconds if proof is not None and proved else None,
    )


@dataclass(frozen=True)
class Prediction:
    """`seconds` are those of taking and proving together, `space` is what has to be free where
    backups are kept. `known` says whether it follows from backups of the same target."""

    seconds: float
    size: int
    known: bool

    @property
    def space(self) -> int:
        return int(self.size * _SPACE_MARGIN)

    def words(self, free: int) -> str:
        source = "as the last ones" if self.known else "the first one, so a guess"
        return (
            f"about {_in_words(self.seconds)}, {size_text(self.size)} ({source}); "
            f"{size_text(free)} free"
        )


def predict(
    database_size: int, past: Sequence[Past], *, level: Level | None, share: float = 1.0
) -> Prediction:
    """`past` is newest first; `share` is the part of the database that is dumped. A backup that is
    only taken has no level."""
    last = next((each for each in past if each.database_size > 0), None)
    if last is None:
        seconds = _FIXED_SECONDS + share * database_size / _BYTES_A_SECOND[level]
        return Prediction(seconds, int(share * database_size * _SIZE), known=False)
    grown = max(database_size, 1) / last.database_size
    proof = last.proof_seconds
    if level is not None and proof is None:
        proof = _FIXED_SECONDS + last.database_size * _proof_rate(level)
    seconds = last.seconds * grown + (proof * grown if level is not None and proof else 0.0)
    return Prediction(seconds, int(last.size * grown), known=True)


def _proof_rate(level: Level) -> float:
    """Seconds for each byte of the database, beyond taking it."""
    return 1 / _BYTES_A_SECOND[level] - 1 / _BYTES_A_SECOND[None]


def require_affordable(
    target: str, prediction: Prediction, *, budget: float, free: int, place: str
) -> None:
    """`budget` is in seconds; 0 is none. `place` is where there are so many bytes `free`."""
    if free < prediction.space:
        raise BackupError(
            f"{place} has {size_text(free)} free; a backup of {target} may take "
            f"{size_text(prediction.space)}.",
            hint="Free some disk space, or keep backups on a larger disk.",
        )
    if budget and prediction.seconds > budget:
        raise BackupError(
            f"A backup of {target} would take about {_in_words(prediction.seconds)}, and its "
            f"budget is {_in_words(budget)}.",
            hint="Use a provider that keeps recovery points (`backup.provider`), dump only what "
            "a migration touches (`backup.tables: touched`), or raise `backup.budget`.",
        )


def odd_size(*, size: int, database_size: int, past: Sequence[Past]) -> str:
    """What is odd about the size of a backup, beside the last one; "" if nothing is."""
    last = next((each for each in past if each.database_size > 0 and each.size > 0), None)
    if last is None or not database_size or max(size, last.size) < _TOO_SMALL_TO_TELL:
        return ""
    factor = (size / database_size) / (last.size / last.database_size)
    if _SMALLEST <= factor <= _LARGEST:
        return ""
    return (
        f"it is {size_text(size)} of a database of {size_text(database_size)}; the last "
        f"was {size_text(last.size)} of {size_text(last.database_size)}"
    )


def too_small(*, size: int, database_size: int, past: Sequence[Past]) -> bool:
    """Whether an odd size is one of too little."""
    last = next((each for each in past if each.database_size > 0 and each.size > 0), None)
    if last is None or not database_size:
        return False
    return size / database_size < last.size / last.database_size


def so_far(written: int, predicted: int, seconds: float) -> str:
    """How far it is after so many seconds."""
    told = f"{size_text(written)} of about {size_text(max(predicted, written))}"
    if not 0 < written < predicted:
        return told
    return f"{told}, about {_in_words(seconds * (predicted - written) / written)} left"


def _in_words(seconds: float) -> str:
    """A prediction has no fractions."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else duration(whole)
