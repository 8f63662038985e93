"""Drift in Markdown: `drift --format markdown`, the job summary, and the issue on one target."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core.drift.look import DriftState, Look, Script
from bot.core.github.issue import IssueMark
from bot.core.github.run import Run
from bot.report import words
from bot.report.drift import words as drift_words
from bot.report.drift.marker import issue_mark_line
from bot.report.escape import one_line
from bot.report.template import render

# GitHub takes 65,536 characters of an issue.
_MOST = 100
_MOST_SQL = 9_000
_SIGNS = {
    DriftState.CLEAN: "🟢",
    DriftState.DRIFTED: "🔴",
    DriftState.RUNNING: "🔄",
    DriftState.UNKNOWN: "🟡",
    DriftState.UNSET: "⚪",
}
_LONGEST_TITLE = 200


def drift_markdown(looks: Sequence[Look]) -> str:
    return "\n".join(render("drift.md.j2", **_values(each)) for each in looks)


def issue_title(look: Look) -> str:
    return words.clipped(f"Drift: {one_line(look.target)}", _LONGEST_TITLE)


def issue_body(look: Look, mark: IssueMark, run: Run | None) -> str:
    shown = render(
        "drift_issue.md.j2",
        **_values(look),
        since=mark.since,
        at=look.at,
        run=run.url if run else "",
    )
    return f"{issue_mark_line(mark)}\n{shown}"


def closing_comment(look: Look, since: datetime, run: Run | None) -> str:
    return render(
        "drift_settled.md.j2",
        said=drift_words.sentence(look),
        since=since,
        run=run.url if run else "",
    )


def digest_of_look(look: Look) -> str:
    """What an issue tells of, in one number; "" if there is nothing to tell."""
    if look.state is not DriftState.DRIFTED:
        return ""
    scripts = [each for each in (look.mend, look.record) if each is not None]
    said = [each.line for each in look.deviations.told]
    said += [text for each in scripts for text in (each.sql, each.problem, *each.left)]
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:32]


def _values(look: Look) -> dict[str, Any]:
    told = look.deviations.told
    groups = drift_words.grouped(told[:_MOST])
    return {
        "sign": _SIGNS[look.state],
        "sentence": drift_words.sentence(look),
        "hint": look.hint,
        "notes": drift_words.notes(look),
        "groups": [
            (place, [(drift_words.matter_words(each), each.line) for each in found])
            for place, found in groups
        ],
        "more": max(len(told) - _MOST, 0),
        "scripts": [
            _script(title, each)
            for title, each in ((drift_words.MEND, look.mend), (drift_words.RECORD, look.record))
            if each is not None
        ],
    }


def _script(title: str, script: Script) -> dict[str, Any]:
    sql = script.sql
    return {
        "title": title,
        "proof": drift_words.proof_words(script),
        "losses": [each.loses for each in script.statements if each.loses][:_MOST],
        "left": script.left[:_MOST],
        "sql": sql[:_MOST_SQL],
        "cut": len(sql) > _MOST_SQL,
    }
