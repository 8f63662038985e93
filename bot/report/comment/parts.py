"""One comment on several databases: a line on all of them, and a part for each.

Each part stands between hidden lines of its own. What ends it is made of its text, so that it is
found whatever that looks like, and can be kept when a run has news of another database only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.github.marker import Marker
from bot.core.github.said import Answered
from bot.report.comment.commands_section import with_commands
from bot.report.comment.markdown import render_markdown
from bot.report.comment.marker import cut_ended, cut_marker, end_line, marker_line, with_end
from bot.report.report import Report
from bot.report.template import render

_HEADING = re.compile(r"\A### (?P<sign>\S+) (?P<name>[^:\n]+): (?P<title>[^\n]+)$", re.M)
_NEXT = re.compile(r"^\*\*Next step:\*\* (?P<step>[^\n]+)$", re.M)
_SIGNS = ("🔴", "🟡", "🟢")
_NOTHING = "Nothing to do"
# A title, a sentence and the next step, and the empty line after each.
_OUTLINE = 6


@dataclass(frozen=True)
class Part:
    """What the comment says of one database. `marker` names it, and the run that said it."""

    marker: Marker
    text: str

    @property
    def size(self) -> int:
        """In bytes, with the lines around it."""
        return len(self.whole.encode("utf-8", "replace"))

    @property
    def whole(self) -> str:
        return f"{marker_line(self.marker)}\n{self.text}{end_line(self.marker)}"


@dataclass(frozen=True)
class Line:
    """A part in one line of the table, as Markdown."""

    sign: str
    name: str
    title: str
    step: str

    @property
    def rank(self) -> tuple[int, bool]:
        """The gravest first; of those that are alike, one with something left to do."""
        grave = _SIGNS.index(self.sign) if self.sign in _SIGNS else 0
        return grave, not self.step or self.step.startswith(_NOTHING)


def part_of(report: Report, key: str, *, budget: int) -> Part:
    """A part within a budget of bytes, as `render_markdown` keeps it. `key` names the database."""
    run, plan = report.run, report.review.digest if report.review.migrations else ""
    mark = Marker(key, plan=plan, rehearsed=report.rehearsed_in)
    if run is not None:
        mark = replace(mark, sha=run.commit, run=run.id, attempt=run.attempt)
    taken = _part(mark, "").size
    return _part(mark, render_markdown(report, budget=budget - taken))


def outlined(part: Part) -> Part:
    """The same with no more than its title, its sentence and its next step."""
    return _part(part.marker, "\n".join(part.text.split("\n")[:_OUTLINE]))


def _part(mark: Marker, text: str) -> Part:
    text = f"{text.rstrip()}\n"
    return Part(with_end(mark, text), text)


def whole_of(parts: Sequence[Part], key: str, at: datetime, commands: Sequence[Answered]) -> str:
    """The whole comment. `key` is that of all databases, `at` when it is written."""
    newest = max((each.marker for each in parts), key=lambda mark: mark.order)
    first, head = replace(newest, key=key, plan="", rehearsed=0, end=""), ""
    if len(parts) > 1:
        head = _head([_line_of(each) for each in parts])
        first = with_end(first, head)
        head += end_line(first)
    footer = render("parts_footer.md.j2", at=at)
    body = f"{marker_line(first)}\n{head}{''.join(each.whole for each in parts)}{footer}"
    return with_commands(body, commands)


def read_parts(body: str) -> tuple[Part, ...]:
    """The parts of a comment on all databases. Where somebody took away what ends one, that and
    what comes after it is left out."""
    cut = cut_marker(body.replace("\r\n", "\n"))
    if cut is None:
        return ()
    first, rest = cut
    if first.end:
        _, rest = cut_ended(first, rest) or ("", "")
    found = []
    while (cut := cut_marker(rest)) and (inside := cut_ended(*cut)):
        text, rest = inside
        found.append(Part(cut[0], text))
    return tuple(found)


def _head(lines: Sequence[Line]) -> str:
    gravest = min(lines, key=lambda each: each.rank)
    return render("parts.md.j2", lines=lines, gravest=gravest, fine=_SIGNS[-1])


def _line_of(part: Part) -> Line:
    """Somebody may have rewritten it; then what it says is not made a verdict."""
    heading, step = _HEADING.match(part.text), _NEXT.search(part.text)
    if heading is None:
        return Line(_SIGNS[1], "?", "see below", "")
    return Line(heading["sign"], heading["name"], heading["title"], step["step"] if step else "")
