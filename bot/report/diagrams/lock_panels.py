"""What there is to draw of a migration's locks: a row for each statement and for each relation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.report.lock_words import named, who_waits
from bot.report.rehearsals.timeline import Bar, Timeline
from bot.report.rehearsals.words import ms_words
from bot.report.words import count, listed


@dataclass(frozen=True)
class Wait:
    """What a rollout waited for a statement's locks: for how long, and how often it tried."""

    milliseconds: float
    attempts: int = 1


@dataclass(frozen=True)
class StatementRow:
    """`end` is None where it was stopped, and nobody knows for how long it would have run."""

    label: str
    start: float
    end: float | None
    waits: bool
    said: str


@dataclass(frozen=True)
class LockRow:
    """A relation and when it was locked. `said` is what others feel, in words."""

    relation: str
    bars: tuple[Bar, ...]
    said: str

    @property
    def mode(self) -> str:
        """The strongest, by the name that PostgreSQL shows."""
        return max(each.lock.mode for each in self.bars).label

    @property
    def drawn(self) -> tuple[Bar, ...]:
        """The strongest last, so that none hides it."""
        return tuple(sorted(self.bars, key=lambda each: each.lock.mode))


@dataclass(frozen=True)
class Panel:
    """One migration. `waits` are by the index of the statement."""

    rehearsed: RehearsedMigration
    statements: Sequence[JudgedStatement] = ()
    waits: Mapping[int, Wait] | None = None

    @cached_property
    def timeline(self) -> Timeline:
        return Timeline(self.rehearsed)

    @cached_property
    def rows(self) -> tuple[StatementRow, ...]:
        return tuple(self._rows())

    @cached_property
    def locks(self) -> tuple[LockRow, ...]:
        """The longest wait first; what waits as long, in the order in which it was locked."""
        found: dict[str, list[Bar]] = {}
        for bar in self.timeline.bars:
            found.setdefault(bar.lock.relation, []).append(bar)
        rows = [
            LockRow(relation, tuple(bars), _felt_words(bars)) for relation, bars in found.items()
        ]
        return tuple(sorted(rows, key=lambda each: -held(each.bars)))

    @cached_property
    def new(self) -> tuple[str, ...]:
        """Relations whose locks nobody feels, because nobody else knows them yet."""
        every = (lock for span in self.timeline.spans.values() for lock in span.measured.locks)
        names = {each.relation: None for each in every if each.new and not each.index}
        return tuple(named(each) for each in names)

    @cached_property
    def commits(self) -> tuple[float, ...]:
        """When locks were let go of: the ends of its transactions."""
        return tuple(sorted({each.commit for each in self.timeline.spans.values()}))

    @property
    def total(self) -> float:
        return self.timeline.total

    @property
    def summary(self) -> str:
        number = count(len(self.rehearsed.statements), "statement")
        stopped = ", then it was stopped" if self.rehearsed.refused is not None else ""
        return f"{number}, {ms_words(self.total)} in the rehearsal{stopped}"

    def lines(self) -> Iterator[str]:
        """The same in words."""
        for row in self.rows:
            yield f"{row.label}: {row.said}"
        for lock in self.locks:
            for bar in lock.bars:
                yield (
                    f"{named(lock.relation)}: {who_waits(bar.lock)} ({bar.lock.mode.label}) "
                    f"from {_moment(bar.start)} to {_moment(bar.end)}"
                )
        if not self.locks:
            yield "No lock that others wait for."
        if self.new:
            yield f"New, so that nobody waits: {listed(self.new, limit=20)}."

    def _rows(self) -> Iterator[StatementRow]:
        known = {each.statement.index: each.statement for each in self.statements}
        now = 0.0
        for each in self.rehearsed.statements:
            statement = known.get(each.index)
            where = f"Line {statement.start.line}" if statement else f"Statement {each.index + 1}"
            label = f"{where}, {statement.kind}" if statement else where
            span = self.timeline.spans.get(each.index)
            wait = (self.waits or {}).get(each.index)
            if span is None:
                yield StatementRow(label, now, None, False, "stopped here" + _wait_words(wait))
                continue
            now = span.end
            felt = self.timeline.felt(each.index)
            said = ms_words(span.end - span.start) + _wait_words(wait)
            yield StatementRow(label, span.start, span.end, felt, said)


def held(bars: Sequence[Bar]) -> float:
    """For how long any of them is, counting no moment twice."""
    total, end = 0.0, 0.0
    for bar in sorted(bars, key=lambda each: each.start):
        total += max(0.0, bar.end - max(bar.start, end))
        end = max(end, bar.end)
    return total


def everything_waits(mode: LockMode) -> bool:
    return mode is LockMode.ACCESS_EXCLUSIVE


def _felt_words(bars: Sequence[Bar]) -> str:
    """What others feel, and for how long: of reads and of writes, where that is not the same."""
    strongest = max(bars, key=lambda each: each.lock.mode)
    for_reads = held([each for each in bars if everything_waits(each.lock.mode)])
    in_all = held(bars)
    if for_reads and ms_words(for_reads) != ms_words(in_all):
        return f"reads wait {ms_words(for_reads)}, writes {ms_words(in_all)}"
    return f"{who_waits(strongest.lock)}, {ms_words(in_all)}"


def _wait_words(wait: Wait | None) -> str:
    if wait is None:
        return ""
    tries = f" ({count(wait.attempts, 'attempt')})" if wait.attempts > 1 else ""
    return f", waited {ms_words(wait.milliseconds)}{tries}"


def _moment(milliseconds: float) -> str:
    return ms_words(milliseconds) if milliseconds else "the start"
