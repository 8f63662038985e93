"""The hidden first line by which the bot finds its comment again.

It orders reports and names the commit. It carries no authority: whoever may edit a comment may
write anything here.
"""

import json
import re
from dataclasses import replace
from hashlib import sha256

from bot.core.github.marker import Marker
from bot.core.github.run import Run
from bot.report.escape import comment_safe

_LINE = re.compile(r"\A<!-- migration-bot v1 (\{[^<>\r\n]{1,2000}\}) -->[ \t]*(?:\r?\n|\Z)")
_DIGITS = 16


def marker(key: str, run: Run | None = None, *, plan: str = "", rehearsed: int = 0) -> str:
    """The hidden line itself."""
    if run is None:
        return marker_line(Marker(key, plan=plan, rehearsed=rehearsed))
    return marker_line(Marker(key, run.commit, run.id, run.attempt, plan, rehearsed))


def marker_line(mark: Marker) -> str:
    fields: dict[str, object] = {
        "k": mark.key,
        "sha": mark.sha,
        "run": mark.run,
        "att": mark.attempt,
        "plan": mark.plan,
    }
    if mark.rehearsed:
        fields["rehearsed"] = mark.rehearsed
    if mark.end:
        fields["end"] = mark.end
    return f"<!-- migration-bot v1 {comment_safe(json.dumps(fields))} -->"


def with_end(mark: Marker, text: str) -> Marker:
    """The marker that knows what ends a text. It is made of the whole of it, so that nothing in
    the text can be that."""
    return replace(mark, end=sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS])


def end_line(mark: Marker) -> str:
    return f"\n<!-- migration-bot end {comment_safe(json.dumps(mark.end))} -->\n"


def cut_ended(mark: Marker, rest: str) -> tuple[str, str] | None:
    """What comes before the marker's end, and what after it; None if that is not there."""
    text, line, after = rest.partition(end_line(mark))
    return (text, after) if line else None


def read_marker(body: str) -> Marker | None:
    """The marker of a comment; None unless the very first line is one, whole and well formed."""
    cut = cut_marker(body)
    return cut[0] if cut else None


def cut_marker(body: str) -> tuple[Marker, str] | None:
    """The marker that is the very first line, and what comes after that line."""
    match = _LINE.match(body)
    if match is None:
        return None
    try:
        mark = _marker_of(json.loads(match[1]))
    except (ValueError, KeyError, RecursionError):
        return None
    return None if mark is None else (mark, body[match.end() :])


def _marker_of(fields: dict[str, object]) -> Marker | None:
    texts = [fields["k"], fields["sha"], fields["plan"], fields.get("end", "")]
    numbers = [fields["run"], fields["att"], fields.get("rehearsed", 0)]
    if not all(isinstance(each, str) for each in texts):
        return None
    if not all(type(each) is int for each in numbers):
        return None
    key, sha, plan, end = (str(each) for each in texts)
    run, attempt, rehearsed = (int(str(each)) for each in numbers)
    return Marker(key, sha, run, attempt, plan, rehearsed, end)
