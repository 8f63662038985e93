"""When which lock was held: the statements of a rehearsed migration one after the other."""

from dataclasses import dataclass
from functools import cached_property

from bot.core.rehearsals.rehearsal import Measured, MeasuredLock, RehearsedMigration
from bot.report.lock_words import told


@dataclass(frozen=True)
class Span:
    """One statement: `index` in its file, from `start` to `end`, in milliseconds.

    `commit` is when the transaction that it is a part of ended.
    """

    index: int
    measured: Measured
    start: float
    end: float
    commit: float


@dataclass(frozen=True)
class Bar:
    """A lock from when the statement that took it began to the end of its transaction."""

    lock: MeasuredLock
    statement: int
    start: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """A migration's statements as if nothing had happened between two of them: looking on takes
    time as well, and nobody will look on in production.
    """

    rehearsed: RehearsedMigration

    @cached_property
    def spans(self) -> dict[int, Span]:
        """The statements that ran to their end, by their index, in order."""
        measured = [(each.index, each.measured) for each in self.rehearsed.statements]
        ended = [(index, each) for index, each in measured if each is not None]
        found: dict[int, Span] = {}
        now = 0.0
        for (index, each), commit in zip(ended, _commits([e for _, e in ended]), strict=True):
            found[index] = Span(index, each, now, now + each.duration_ms, commit)
            now += each.duration_ms
        return found

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """Every lock that ordinary queries of others wait for, in the order they were taken."""
        return tuple(
            Bar(lock, span.index, span.start, _end(span, lock))
            for span in self.spans.values()
            for lock in self.told(span.index)
        )

    @cached_property
    def _held(self) -> dict[int, tuple[MeasuredLock, ...]]:
        found: dict[int, tuple[MeasuredLock, ...]] = {}
        before: list[tuple[MeasuredLock, float]] = []
        for span in self.spans.values():
            before = [(lock, end) for lock, end in before if end > span.start]
            found[span.index] = tuple(lock for lock, _ in before)
            before += [(lock, _end(span, lock)) for lock in span.measured.locks]
        return found

    @cached_property
    def _longest(self) -> dict[int, float]:
        found: dict[int, float] = {}
        for bar in self.bars:
            found[bar.statement] = max(found.get(bar.statement, 0.0), bar.end - bar.start)
        return found

    @property
    def total(self) -> float:
        return max((each.end for each in self.spans.values()), default=0.0)

    def measured(self, index: int) -> Measured | None:
        """What a statement did; None if it was not reached, or was stopped."""
        span = self.spans.get(index)
        return span.measured if span else None

    def held_before(self, index: int) -> tuple[MeasuredLock, ...]:
        """The locks that earlier statements hold when this one begins."""
        return self._held.get(index, ())

    def stopped_at(self, index: int) -> bool:
        refused = self.rehearsed.refused
        return refused is not None and refused.statement == index

    def felt(self, index: int) -> bool:
        """Whether ordinary queries wait for a lock that this statement took."""
        return bool(self.told(index))

    def longest(self, index: int) -> float:
        """For how long others wait for a lock that a statement took; 0 if they do not."""
        return self._longest.get(index, 0.0)

    def held_ms(self, index: int, lock: MeasuredLock) -> float:
        """For how long a statement's lock is held where nobody looks on."""
        span = self.spans.get(index)
        return _end(span, lock) - span.start if span else 0.0

    def told(self, index: int) -> tuple[MeasuredLock, ...]:
        """The locks that a statement took and ordinary queries wait for."""
        measured = self.measured(index)
        return told(measured.locks, self.held_before(index)) if measured else ()


def _end(span: Span, lock: MeasuredLock) -> float:
    """A COMMIT in the file lets go of a lock before the last statement; none outlives that."""
    return max(span.end, min(span.start + lock.held_ms, span.commit))


def _commits(measured: list[Measured]) -> list[float]:
    """For each statement when the run of statements ends that may share its transaction."""
    ends: list[float] = []
    now = 0.0
    for each in measured:
        now += each.duration_ms
        ends.append(now)
    for place in range(len(measured) - 2, -1, -1):
        if measured[place].transactional and measured[place + 1].transactional:
            ends[place] = ends[place + 1]
    return ends
