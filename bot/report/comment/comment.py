"""The one status comment of a pull request."""

import re

from bot.core.github.marker import Marker
from bot.report.comment.commands_section import commands_section, with_commands
from bot.report.comment.detail import COMMENT_BUDGET
from bot.report.comment.markdown import render_markdown
from bot.report.comment.marker import marker, read_marker
from bot.report.report import Report

__all__ = ["Marker", "marker", "read_marker", "render_comment", "same_but_for_time", "same_state"]

_TITLE = re.compile(r"^### .*$", re.M)
_ROLLOUT = re.compile(
    r"^<details(?: open)?>(<summary><b>Rollout</b>: .*?</summary>)(?:<br>)?$", re.M
)
_UPDATED = re.compile(r" · updated \d{4}-\d\d-\d\d \d\d:\d\d UTC</sub>\s*\Z")


def render_comment(report: Report, key: str) -> str:
    """The comment's whole body, at most 60,000 bytes of UTF-8. `key` names the database."""
    plan = report.review.digest if report.review.migrations else ""
    first = f"{marker(key, report.run, plan=plan, rehearsed=report.rehearsed_in)}\n"
    taken = len(f"{first}{commands_section(report.commands)}".encode())
    body = first + render_markdown(report, budget=COMMENT_BUDGET - taken)
    return with_commands(body, report.commands)


def same_but_for_time(one: str, other: str) -> bool:
    """Whether two bodies differ in nothing but when they were written, so that neither is news."""
    return _timeless(one) == _timeless(other)


def same_state(one: str, other: str) -> bool:
    """Whether two bodies have the same title and the same state of every target."""
    return _state(one) == _state(other)


def _state(body: str) -> tuple[str, str]:
    """The rollout comes last: what is quoted before it may look like it."""
    title = _TITLE.search(body)
    rollouts = _ROLLOUT.findall(body)
    return title[0] if title else "", rollouts[-1] if rollouts else ""


def _timeless(body: str) -> str:
    return _UPDATED.sub("</sub>", body.replace("\r\n", "\n")).rstrip()
