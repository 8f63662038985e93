"""One plain sentence for what a statement did in a rehearsal: the worst of it, for other people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured, MeasuredLock, Rehearsal, TouchedRows
from bot.report.lock_words import felt, named, told, who_waits
from bot.report.rehearsals.timeline import Timeline
from bot.report.rehearsals.words import Name, ms_words, refusal_words
from bot.report.words import count, listed

_NOTICEABLE = 1.0
_LONG = 10.0
_METADATA = "metadata only"


def statement_sentence(
    rehearsal: Rehearsal,
    timeline: Timeline,
    index: int,
    *,
    name: Name = named,
    timed: bool = False,
) -> str:
    """`timed` says how long it took as well, for a face that does not say so beside it."""
    measured = timeline.measured(index)
    if measured is not None:
        return _Told(rehearsal, timeline, index, measured, name).sentence(timed=timed)
    refused = timeline.rehearsed.refused
    if refused is not None and refused.statement == index:
        return f"stopped here: {refusal_words(refused)}"
    return "not reached"


def worst_lock_words(timeline: Timeline, *, name: Name = named) -> str:
    """The lock that others feel most, until its commit: whose, and for how long; "" for none."""
    longest = max(
        timeline.bars, key=lambda each: (each.lock.mode, each.end - each.start), default=None
    )
    if longest is None:
        return ""
    lock, held = longest.lock, ms_words(longest.end - longest.start)
    return f"{lock.mode.label} on {name(lock.relation)} for {held}: {who_waits(lock)}."


@dataclass(frozen=True)
class _Told:
    """One statement with all that its sentence is made of."""

    rehearsal: Rehearsal
    timeline: Timeline
    index: int
    measured: Measured
    name: Name

    def sentence(self, *, timed: bool) -> str:
        took, effect = ms_words(self.measured.duration_ms), self.effect
        if timed:
            effect = f"{effect}: {took}" if effect == _METADATA else f"{effect} ({took} here)"
        return "; ".join([*self.losses(), effect, *self.afterwards()])

    @cached_property
    def held(self) -> tuple[MeasuredLock, ...]:
        return (*self.timeline.held_before(self.index), *self.measured.locks)

    @cached_property
    def new(self) -> set[str]:
        return {each.relation for each in self.held if each.new}

    @cached_property
    def validated(self) -> tuple[str, ...]:
        """The tables whose rows were held against a constraint."""
        return tuple(dict.fromkeys(e.rpartition(".")[0] for e in self.measured.validated))

    @cached_property
    def worked(self) -> set[str]:
        """The tables whose rows it went through."""
        return {*self.measured.rewrites, *self.measured.scans, *self.validated}

    @cached_property
    def built(self) -> tuple[str, ...]:
        """Indexes of tables that others know: an index does not say which is its table, but who
        builds one on a new table locks that."""
        on_new = any(each.new and not each.index for each in self.measured.locks)
        if on_new and not self.old(self.measured.scans):
            return ()
        return (*self.measured.indexes, *self.measured.rebuilds)

    def old(self, relations: Iterable[str]) -> list[str]:
        return [each for each in relations if each not in self.new]

    @cached_property
    def mine(self) -> tuple[MeasuredLock, ...]:
        """The locks that others feel: what it took, and what it works under since earlier."""
        before = self.timeline.held_before(self.index)
        earlier = (each for each in before if felt(each) and each.relation in self.worked)
        return (*self.timeline.told(self.index), *earlier)

    @cached_property
    def mode(self) -> LockMode | None:
        return max((each.mode for each in self.mine), default=None)

    @cached_property
    def effect(self) -> str:
        """The gravest of what is true."""
        found = (self.rewrites, self.blocks, self.changes, self.works)
        return next((said for each in found if (said := each())), "") or self.quiet()

    def losses(self) -> Iterator[str]:
        if self.measured.loses:
            yield f"deletes {listed(map(self.name, self.measured.loses))}"

    def rewrites(self) -> str:
        rewritten = self.old(self.measured.rewrites)
        if not rewritten:
            return ""
        modes = [each.mode for each in self.mine if each.relation in rewritten]
        it = "it" if len(rewritten) == 1 else "them"
        meanwhile = f" while {_barred(max(modes), it)}" if modes else ""
        return f"rewrites {listed(map(self.sized, rewritten))}{meanwhile}"

    def blocks(self) -> str:
        """Who has to wait, where that takes longer the more rows there are."""
        doing = self.doing()
        if not doing or self.mode is None:
            return ""
        return f"blocks {_blocked(self.mode)} {self.relations(self.mode)} {doing}"

    def doing(self) -> str:
        """What takes time on a table that others know."""
        if self.built:
            return "for the time of the build"
        if self.old(self.validated):
            return "while it checks every row"
        in_one = any(self.old(each) for each in self.measured.scans_of_one)
        if in_one or self.old(self.measured.scans):
            return "while it reads every row"
        rows = [each for each in self.rows() if each.relation not in self.new]
        return f"while it changes {_rows(rows, self.name)}" if rows else ""

    def changes(self) -> str:
        rows = self.rows()
        if not rows:
            return ""
        new = {each.relation for each in rows} <= self.new
        return _changed(rows, self.name) + ("; not felt by anybody else" if new else "")

    def works(self) -> str:
        """Work that others need not wait for."""
        scanned = self.old(self.measured.scans) or self.old(self.validated)
        if self.built:
            said = f"builds {listed(map(self.name, self.built))}"
        elif scanned:
            said = f"reads all of {listed(map(self.sized, scanned))}"
        else:
            return ""
        return f"{said}; reads and writes go on meanwhile"

    def quiet(self) -> str:
        if self.mine:
            return _METADATA
        tables = {each.relation for each in self.measured.locks if each.new and not each.index}
        if tables and not any(felt(each) for each in self.measured.locks):
            is_new = "the tables are new" if len(tables) > 1 else "the table is new"
            return f"not felt by anybody else: {is_new}"
        if told(self.timeline.held_before(self.index)):
            return "adds no lock that others wait for"
        return "nobody waits"

    def afterwards(self) -> Iterator[str]:
        """Who waits although nothing much is done, and what stays locked until the commit."""
        if self.mode is not None and self.effect == _METADATA:
            waiting = f"{_blocked(self.mode)} {self.relations(self.mode)} wait"
            yield waiting.removeprefix("all ")
        took, longest = self.measured.duration_ms, self.timeline.longest(self.index)
        if longest > took + max(_NOTICEABLE, took / 2):
            yield f"locked until the commit, {ms_words(longest)} in all"
        yield from self.meanwhile()

    def meanwhile(self) -> Iterator[str]:
        """What earlier statements keep locked while this one takes its time."""
        busy = self.doing() or self.measured.rewrites or self.measured.duration_ms >= _LONG
        mine = {each.relation for each in self.mine}
        before = told(self.timeline.held_before(self.index))
        others = [each for each in before if each.relation not in mine]
        if busy and others:
            mode = max(each.mode for each in others)
            names = [each.relation for each in others if each.mode == mode]
            waiting = f"{_blocked(mode)} {_listed_once(names, self.name)} wait meanwhile"
            yield waiting.removeprefix("all ")

    def relations(self, mode: LockMode) -> str:
        return _listed_once([e.relation for e in self.mine if e.mode == mode], self.name)

    def rows(self) -> list[TouchedRows]:
        return sorted((e for e in self.measured.rows if _many(e)), key=_many, reverse=True)

    def sized(self, relation: str) -> str:
        """A relation with its rows, where that is known."""
        sizes = (each for each in self.rehearsal.sizes if each.relation == relation)
        rows = next((each.rows for each in sizes if each.rows), None)
        return self.name(relation) + (f" ({count(rows, 'row')})" if rows else "")


def _blocked(mode: LockMode) -> str:
    return "all reads and writes of" if mode is LockMode.ACCESS_EXCLUSIVE else "all writes to"


def _barred(mode: LockMode, what: str) -> str:
    can = "read or write" if mode is LockMode.ACCESS_EXCLUSIVE else "write to"
    return f"nobody can {can} {what}"


def _listed_once(relations: Iterable[str], name: Name) -> str:
    return listed([name(each) for each in dict.fromkeys(relations)], limit=2)


def _many(rows: TouchedRows) -> int:
    return rows.inserted + rows.updated + rows.deleted


def _rows(rows: list[TouchedRows], name: Name) -> str:
    return listed([f"{count(_many(e), 'row')} in {name(e.relation)}" for e in rows], limit=2)


def _changed(rows: list[TouchedRows], name: Name) -> str:
    """inserted 2 rows in users; changed, where it was more than one thing."""
    done = {
        "inserted": any(each.inserted for each in rows),
        "updated": any(each.updated for each in rows),
        "deleted": any(each.deleted for each in rows),
    }
    verbs = [verb for verb, some in done.items() if some]
    return f"{verbs[0] if len(verbs) == 1 else 'changed'} {_rows(rows, name)}"
