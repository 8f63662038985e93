"""The one status comment of a pull request."""

import re

from bot.core.marker import Marker
from bot.report.detail import COMMENT_BUDGET
from bot.report.markdown import render_markdown
from bot.report.marker import marker, read_marker
from bot.report.report import Report

__all__ = ["Marker", "marker", "read_marker", "render_comment", "same_but_for_time"]

_UPDATED = re.compile(r" · updated \d{4}-\d\d-\d\d \d\d:\d\d UTC</sub>\s*\Z")


def render_comment(report: Report, key: str) -> str:
    """The comment's whole body, at most 60,000 bytes of UTF-8. `key` names the database."""
    plan = report.review.digest if report.review.migrations else ""
    first = marker(key, report.run, plan=plan) + "\n"
    return first + render_markdown(report, budget=COMMENT_BUDGET - len(first.encode()))


def same_but_for_time(one: str, other: str) -> bool:
    """Whether two bodies differ in nothing but when they were written, so that neither is news."""
    return _timeless(one) == _timeless(other)


def _timeless(body: str) -> str:
    return _UPDATED.sub("</sub>", body.replace("\r\n", "\n")).rstrip()
