"""The hidden first line of an issue, by which the bot finds it again.

It carries no authority, and is only read in issues that the bot itself has opened.
"""

import json
import re
from datetime import datetime

from bot.core.github.issue import IssueMark
from bot.report.escape import comment_safe

_LINE = re.compile(r"\A<!-- migration-bot issue v1 (\{[^<>\r\n]{1,1000}\}) -->")


def issue_mark_line(mark: IssueMark) -> str:
    fields = {"k": mark.key, "d": mark.digest, "since": mark.since.isoformat()}
    return f"<!-- migration-bot issue v1 {comment_safe(json.dumps(fields))} -->"


def read_issue_mark(body: str) -> IssueMark | None:
    """None unless the very first line is one, whole and well formed."""
    match = _LINE.match(body)
    if match is None:
        return None
    try:
        fields = json.loads(match[1])
        key, digest = fields["k"], fields["d"]
        since = datetime.fromisoformat(fields["since"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(key, str) or not isinstance(digest, str) or since.tzinfo is None:
        return None
    return IssueMark(key, digest, since)


def with_mark(body: str, mark: IssueMark) -> str:
    """The same text under another marker."""
    return _LINE.sub(lambda _: issue_mark_line(mark), body, count=1)
