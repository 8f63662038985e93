"""`drift` in a terminal: one row a target, and below it each difference with its table."""

from collections.abc import Iterator, Sequence

from bot.core.drift.look import DriftState, Look, Script
from bot.report.drift import words as drift_words
from bot.report.terminal.lines import Grid, Line, drawn, line

_STYLES = {DriftState.DRIFTED: "bold red", DriftState.UNKNOWN: "bold yellow"}


def drift_text(looks: Sequence[Look], *, width: int = 80, colour: bool = False) -> str:
    return drawn(_looks(looks), width=width, colour=colour)


def _looks(looks: Sequence[Look]) -> Iterator[Line | Grid]:
    if not looks:
        yield line("No target is configured.")
        return
    if len(looks) > 1:
        head = ("target", "kind", "applied", "state")
        yield Grid(head, tuple(_row(each) for each in looks))
    for each in looks:
        if each.state is not DriftState.UNSET or len(looks) == 1:
            if len(looks) > 1:
                yield line()
            yield from _look(each)


def _row(look: Look) -> tuple[str, ...]:
    known = look.state in (DriftState.CLEAN, DriftState.DRIFTED)
    applied = f"{look.applied:,}" if known else "?"
    return look.target, look.kind.value, applied, drift_words.state_words(look)


def _look(look: Look) -> Iterator[Line]:
    yield line(drift_words.sentence(look), _STYLES.get(look.state, ""))
    if look.hint:
        yield line(f"hint: {look.hint}", indent=2)
    for place, found in drift_words.grouped(look.deviations.told):
        yield line()
        yield line(place, "bold", indent=2)
        for each in found:
            yield line(f"{each.line} ({drift_words.matter_words(each)})", indent=4)
    noted = drift_words.notes(look)
    if noted:
        yield line()
    yield from (line(each, indent=2) for each in noted)
    if look.mend is not None:
        yield from _script(drift_words.MEND, look.mend)
    if look.record is not None:
        yield from _script(drift_words.RECORD, look.record)


def _script(title: str, script: Script) -> Iterator[Line]:
    yield line()
    yield line(f"{title}:", "bold", indent=2)
    yield line(drift_words.proof_words(script), indent=2)
    for each in script.statements:
        if each.loses:
            yield line(f"loses: {each.loses}", "bold yellow", indent=2)
    yield from (line(f"not drafted: {each}", indent=2) for each in script.left)
    if script.statements:
        yield line()
        rows = script.sql.rstrip("\n").split("\n")
        yield from (Line(((each, ""),), 4, wrapped=False) for each in rows)
