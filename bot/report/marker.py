"""The hidden first line by which the bot finds its comment again.

It orders reports and names the commit. It carries no authority: whoever may edit a comment may
write anything here.
"""

import json
import re

from bot.core.marker import Marker
from bot.core.run import Run
from bot.report.escape import comment_safe

_LINE = re.compile(r"\A<!-- migration-bot v1 (\{[^<>\r\n]{1,2000}\}) -->[ \t]*(?:\r?\n|\Z)")


def marker(key: str, run: Run | None = None, *, plan: str = "", rehearsed: int = 0) -> str:
    """The hidden line itself."""
    fields: dict[str, object] = {
        "k": key,
        "sha": run.commit if run else "",
        "run": run.id if run else 0,
        "att": run.attempt if run else 0,
        "plan": plan,
    }
    if rehearsed:
        fields["rehearsed"] = rehearsed
    return f"<!-- migration-bot v1 {comment_safe(json.dumps(fields))} -->"


def read_marker(body: str) -> Marker | None:
    """The marker of a comment; None unless the very first line is one, whole and well formed."""
    match = _LINE.match(body)
    if match is None:
        return None
    try:
        return _marker_of(json.loads(match[1]))
    except (ValueError, KeyError, RecursionError):
        return None


def _marker_of(fields: dict[str, object]) -> Marker | None:
    texts = [fields[name] for name in ("k", "sha", "plan")]
    numbers = [fields["run"], fields["att"], fields.get("rehearsed", 0)]
    if not all(isinstance(each, str) for each in texts):
        return None
    if not all(type(each) is int for each in numbers):
        return None
    key, sha, plan = (str(each) for each in texts)
    run, attempt, rehearsed = (int(str(each)) for each in numbers)
    return Marker(key=key, sha=sha, run=run, attempt=attempt, plan=plan, rehearsed=rehearsed)
