"""The measured part of the page on performance, from what the benchmarks wrote down."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.__main__ import NAMES
from benchmarks.record import Measured, Record
from benchmarks.results import Line, Result

PAGE = "explanation/performance.md"
BEGIN = "<!-- measured: written by `make bench`; do not edit -->"
END = "<!-- /measured -->"
NOTHING = """\
Not measured yet on a machine that does nothing else. `make bench` does it, in about 20 minutes: it
can be interrupted, goes on where it stopped, and writes this part of the page.
"""


def performance_page(docs: Path) -> str:
    """The page with its measured part made anew; the rest is as somebody wrote it."""
    text = (docs / PAGE).read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{PAGE} has no place for what is measured"
    return f"{before}{BEGIN}\n\n{measured(Record.read(docs / 'performance.json'))}\n{END}{after}"


def measured(record: Record) -> str:
    there = {name: record.found[name] for name in NAMES if name in record.found}
    if not there:
        return NOTHING
    return "\n".join([*_said(there), *_goals(there), *_tables(there)]) + "\n"


def _said(there: dict[str, Measured]) -> Iterator[str]:
    for machine in dict.fromkeys(each.machine for each in there.values()):
        of = [each for each in there.values() if each.machine == machine]
        days = " and ".join(sorted({each.day for each in of}))
        commits = ", ".join(dict.fromkeys(f"`{each.commit}`" for each in of if each.commit))
        yield f"Measured on {days}, of commit {commits}: {machine}."
    missing = [name for name in NAMES if name not in there]
    if missing:
        yield f"**Not measured:** {', '.join(missing)}."
    yield ""


def _goals(there: dict[str, Measured]) -> Iterator[str]:
    """What was promised, the missed ones no smaller than the others."""
    yield "| Work | Measured | × its floor | Goal | |\n|:--|--:|--:|--:|:--|"
    for result in _results(there):
        for line in result.goals:
            met = "met" if line.met else "**missed**"
            words = f"{_plain(line.name)} <br>{_plain(result.title)}"
            yield f"| {words} | {line.shown} | {_ratio(line)} | {line.goal} | {met} |"
    yield ""


def _tables(there: dict[str, Measured]) -> Iterator[str]:
    for result in _results(there):
        yield f"### {_plain(result.title[:1].upper() + result.title[1:])}\n"
        yield "| Work | Measured | × its floor |\n|:--|--:|--:|"
        for line in result.lines:
            yield f"| {_plain(line.name)} | {line.shown} | {_ratio(line)} |"
        yield from (f"\n{_plain(note)}" for note in result.notes)
        yield ""


def _results(there: dict[str, Measured]) -> Iterator[Result]:
    for each in there.values():
        yield from each.results


def _ratio(line: Line) -> str:
    return line.ratio.shown if line.ratio else ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
