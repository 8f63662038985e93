"""`doctor` in a terminal: a line for each thing that was looked at, and below it what mends it."""

from collections.abc import Iterator

from bot.core.counting import count
from bot.core.doctor.check import Check, Examination, Group, GroupKind, State
from bot.report.terminal.lines import Line, drawn, line

_TITLES = {
    GroupKind.MACHINE: "This machine",
    GroupKind.CHECKOUT: "The checkout",
    GroupKind.CONFIGURATION: "The configuration",
    GroupKind.TARGET: "The target",
    GroupKind.GITHUB: "GitHub",
}
_STYLES = {
    State.PASS: "green",
    State.WARN: "bold yellow",
    State.FAIL: "bold red",
    State.SKIPPED: "dim",
}


def doctor_text(found: Examination, *, width: int = 80, colour: bool = False) -> str:
    """Subject after subject, and how it is all in all."""
    return drawn(_lines(found), width=width, colour=colour)


def _lines(found: Examination) -> Iterator[Line]:
    for group in found.groups:
        yield line(_title(group), "bold")
        for each in group.checks:
            yield from _check(each)
        yield line()
    yield line(f"{_counts(found)}.", "bold" if found.fine else "bold red")


def _title(group: Group) -> str:
    return " ".join(filter(None, (_TITLES[group.kind], group.name)))


def _check(check: Check) -> Iterator[Line]:
    """The name of one that did not pass: what the page about it calls it."""
    named = "" if check.state is State.PASS else f" ({check.name})"
    label = f"{check.state.value:<9}"
    text = f"{check.said}{named}".replace("\r\n", " ").replace("\n", " ")
    yield Line(((text, ""),), 2, label=label, label_style=_STYLES[check.state])
    if check.advice:
        yield Line(((check.advice, ""),), 2 + len(label), label="do: ")


def _counts(found: Examination) -> str:
    """`1 must be mended, 2 are worth a look, 20 fine, 3 skipped`."""
    bad, odd = found.count(State.FAIL), found.count(State.WARN)
    said = [f"{count(bad, 'thing')} must be mended" if bad else "Nothing must be mended"]
    if odd:
        said.append(f"{odd:,} {'is' if odd == 1 else 'are'} worth a look")
    said.append(f"{found.count(State.PASS):,} fine")
    if found.count(State.SKIPPED):
        said.append(f"{found.count(State.SKIPPED):,} skipped")
    return ", ".join(said)
