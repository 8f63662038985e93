"""What a rehearsal found about a migration, a sentence each: refusals, proofs, estimates."""

from collections.abc import Callable, Iterable, Iterator

from bot.core.findings.review import JudgedMigration
from bot.core.rehearsals.proofs import BatchProof, DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import Estimate, Rehearsal
from bot.core.schemas.schema import Differences
from bot.report.escape import one_line
from bot.report.lock_words import named
from bot.report.rollback_words import there_and_back
from bot.report.size_words import bytes_words
from bot.report.words import count, duration, listed

Name = Callable[[str], str]

_STOPS = {
    Stop.REFUSED: "PostgreSQL refused it",
    Stop.NOT_POSSIBLE: "it cannot be rehearsed",
    Stop.TIME: "it took too long and was stopped",
    Stop.DISK: "it wrote more than it may and was stopped",
    Stop.MEMORY: "it used more memory than it may and was stopped",
    Stop.CONNECTION: "its connection ended",
    Stop.SERVER: "the server went down",
}
_LONGEST = 300
# Of a time in milliseconds: unit, how many there are in one, up to where it is used.
_UNITS = (("ms", 1.0, 1e3), ("s", 1e3, 3e5), ("min", 6e4, 1.08e7), ("h", 3.6e6, float("inf")))


def quoted(relation: str) -> str:
    """A name as prose shows it."""
    return f"`{named(relation).replace('`', chr(39))}`"


def ms_words(milliseconds: float) -> str:
    if milliseconds < 0.05:
        return "under 0.1 ms"
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms".replace(".0 ", " ")
    return duration(milliseconds / 1000)


def range_words(least_ms: float, most_ms: float) -> str:
    """about 70 to 200 s, in the unit of the greater one and with no more digits than are known."""
    unit, size = next((unit, size) for unit, size, limit in _UNITS if most_ms < limit)
    low, high = _rough(least_ms / size), _rough(most_ms / size)
    return f"about {high} {unit}" if low == high else f"about {low} to {high} {unit}"


def units_words(number: int, unit: str) -> str:
    return bytes_words(number) if unit == "bytes" else count(number, unit.removesuffix("s"))


def refusal_words(refusal: Refusal) -> str:
    """PostgreSQL refused it (42P07): relation "coupons" already exists."""
    code = f" ({one_line(refusal.sqlstate)})" if refusal.sqlstate else ""
    said = message_of(refusal)
    return f"{_STOPS[refusal.stop]}{code}: {said}" if said else f"{_STOPS[refusal.stop]}{code}"


def message_of(refusal: Refusal) -> str:
    line = one_line(refusal.message)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def stays_words(stays: tuple[str, ...]) -> str:
    """What a failure in production would leave behind."""
    if not stays:
        return "In production nothing of it would stay: all of it is rolled back."
    return f"In production this would stay: {listed(map(one_line, stays), limit=8)}."


def down_words(proof: DownProof) -> str:
    """What `down.sql` was found to do."""
    if proof.proved:
        return f"is proved: {there_and_back(proof.moved)}."
    return " ".join(_down_faults(proof))


def batches_words(proof: BatchProof) -> str:
    """What came of a change that is proved in batches."""
    return f"leaves the same rows in {count(proof.batches, 'batch', 'batches')} as whole"


def second_words(second: SecondRun) -> str:
    """What a second run does on what is there already."""
    changed = listed(map(one_line, second.changed), limit=8)
    if second.refused is None:
        return f"runs through and changes more: {changed}." if changed else "changes nothing."
    said = message_of(second.refused)
    why = f": {said}" if said else ""
    if second.half_done:
        return f"stops half-way{why}. It leaves behind: {changed}."
    return f"is refused and changes nothing{why}."


def estimate_words(estimate: Estimate, *, name: Name = named, line: int | None = None) -> str:
    """The arithmetic of an estimate, and what it would mean for others."""
    where = f"line {line}, " if line else ""
    here = units_words(estimate.measured_units, estimate.unit)
    there = units_words(estimate.target_units, estimate.unit)
    said = (
        f"{where}{name(estimate.relation)}: {here} in {ms_words(estimate.measured_ms)} here; "
        f"{there} on {name(estimate.target)}: {estimated_range(estimate)}, an estimate"
    )
    return f"{said}{_estimated_wait(estimate, name)}."


def estimated_range(estimate: Estimate) -> str:
    return range_words(estimate.least_ms, estimate.most_ms)


def measured_words(rehearsal: Rehearsal | None, judged: JudgedMigration) -> str:
    """In prose how long a migration took, and may take elsewhere; "" if it was not rehearsed."""
    rehearsed = rehearsal.of(judged.migration.name) if rehearsal else None
    if rehearsed is None:
        return ""
    if rehearsed.refused:
        return "❌ stopped when rehearsed"
    said = f"{ms_words(rehearsed.duration_ms)} when rehearsed"
    longest = max(rehearsed.estimates, key=lambda each: each.most_ms, default=None)
    if longest is None:
        return said
    return f"{said}, {estimated_range(longest)} on {quoted(longest.target)} (an estimate)"


def schema_lines(changes: Differences) -> tuple[str, ...]:
    """The difference compactly: + table x (5 columns), ~ column, - index."""
    return tuple(_compact(line) for line in changes.lines)


def schema_summary(changes: Differences) -> str:
    """2 objects added, 1 changed."""
    lines = schema_lines(changes)
    counted = (
        (sum(line.startswith(sign) for line in lines), verb)
        for sign, verb in (("+", "added"), ("~", "changed"), ("-", "removed"))
    )
    return listed([f"{number:,} {verb}" for number, verb in counted if number])


def disagreement_lines(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(one_line(each) for each in said)


def _compact(line: str) -> str:
    verb, _, rest = one_line(line).partition(" ")
    sign = {"added": "+", "removed": "-", "changed": "~"}.get(verb, "~")
    return f"{sign} {rest.replace(' public.', ' ', 1)}"


def _down_faults(proof: DownProof) -> Iterator[str]:
    if proof.refused:
        yield f"does not run: {refusal_words(proof.refused)}."
    if proof.left:
        # Two faults are rare, and the second is then a sentence of its own.
        it = "It does" if proof.refused else "does"
        yield f"{it} not lead back to the schema as it was: {_differences(proof.left)}."
    if proof.up_refused:
        why = refusal_words(proof.up_refused)
        yield f"{_after(proof)} the migration does not run again: {why}."
    if proof.again:
        said = _differences(proof.again)
        yield f"{_after(proof)} the second time up ends in another schema: {said}."


def _differences(lines: tuple[str, ...]) -> str:
    return listed(map(one_line, lines), limit=8)


def _estimated_wait(estimate: Estimate, name: Name) -> str:
    if estimate.lock is None or not estimate.lock.blocks:
        return ""
    longest = max(estimate.held_ms, estimate.most_ms)
    of = f" of {name(estimate.locked)}" if estimate.locked else ""
    return f"; {estimate.lock.blocks}{of} wait for up to {range_words(longest, longest)}"


def _after(proof: DownProof) -> str:
    return "After it" if proof.refused or proof.left else "runs, but after it"


def _rough(value: float) -> str:
    if value >= 100:
        return f"{round(value, -1):,.0f}"
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
