"""Rewrites as suggestions of a review on GitHub, which its author can commit with one click.

A suggestion replaces whole lines, so it is made only of a rewrite whose statement has its lines to
itself, apart from its semicolon and a comment behind it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration, Review
from bot.core.github.pull import LineComment
from bot.core.github.run import Run
from bot.core.github.thread import Thread
from bot.report.escape import fence, visible
from bot.report.faces.replacement import Replacement, replacement_of
from bot.report.links import rule_url
from bot.report.template import render
from bot.report.words import by_gravity, clipped, count

# A review is not the place for more; the report has them all.
MOST = 20
_LONGEST = 10_000
_MESSAGE = 600
_MARKER = re.compile(r"\A<!-- migration-bot suggestion v1 ([0-9a-f]{16}) -->[ \t]*(?:\r?\n|\Z)")
_REST = re.compile(r"[ \t]*;?[ \t]*(?:--[^\r\n]*)?")


def suggestions_of(review: Review, run: Run | None = None) -> tuple[LineComment, ...]:
    """One for a statement at most, that of the gravest finding about it; the gravest first."""
    judged = {each.migration.path: each for each in review.migrations}
    found: dict[tuple[str, int], LineComment] = {}
    for finding in by_gravity(review.all_findings):
        made = judged.get(finding.path)
        suggestion = suggestion_of(finding, made, run) if made else None
        if suggestion:
            found.setdefault((suggestion.path, suggestion.start_line), suggestion)
    return tuple(found.values())[:MOST]


def suggestion_of(
    finding: Finding, judged: JudgedMigration, run: Run | None = None
) -> LineComment | None:
    edit = replacement_of(finding, judged)
    lines = _lines(edit) if edit else None
    if edit is None or lines is None or len(lines) > _LONGEST:
        return None
    return LineComment(
        path=finding.path,
        start_line=edit.start.line,
        line=edit.end.line,
        body=_body(finding, lines, run),
    )


def unposted(suggestions: Iterable[LineComment], bodies: Iterable[str]) -> tuple[LineComment, ...]:
    """Those that none of the bot's comments on the pull request holds yet.

    They are known by their finding: what was suggested once is not suggested again.
    """
    known = {read_fingerprint(body) for body in bodies}
    return tuple(each for each in suggestions if read_fingerprint(each.body) not in known)


def outlived(threads: Iterable[Thread], findings: Sequence[Finding]) -> tuple[Thread, ...]:
    """Those about findings that are gone, or were allowed. What somebody answered to is left to
    them."""
    return tuple(
        each
        for each in threads
        if not (each.resolved or each.hidden or each.answered)
        and not speaks_of(each.body, findings)
    )


def speaks_of(body: str, findings: Iterable[Finding]) -> bool:
    """Whether a comment is about one of the findings that count, or is no suggestion at all."""
    about = read_fingerprint(body)
    there = {each.fingerprint for each in findings if each.allowed is None}
    return about is None or about in there


def introduction(suggestions: Sequence[LineComment]) -> str:
    """What the review that holds them says for itself."""
    said = count(len(suggestions), "finding")
    return f"{said} can be mended right here: read what is suggested, and commit it."


def read_fingerprint(body: str) -> str | None:
    """Which finding a comment's suggestion is about; None if it is none of ours."""
    match = _MARKER.match(body)
    return match[1] if match else None


def _lines(edit: Replacement) -> str | None:
    """The lines as they would be, "" if they would go; None if other code shares them."""
    after = edit.after.rstrip()
    if edit.before.strip() or not _REST.fullmatch(after) or visible(after) != after:
        return None
    if not edit.text:
        return None if after else ""
    return f"{edit.before}{edit.text}{after}".replace("\r\n", "\n")


def _body(finding: Finding, lines: str, run: Run | None) -> str:
    return render(
        "suggestion.md.j2",
        fingerprint=finding.fingerprint,
        message=clipped(finding.message, _MESSAGE),
        rule=finding.rule,
        rule_url=rule_url(run, finding.rule),
        suggestion="\n".join(_fenced(lines)),
    )


def _fenced(lines: str) -> Iterator[str]:
    """An empty suggestion deletes the lines; one with an empty line in it would leave that."""
    if lines:
        yield fence(lines, "suggestion")
    else:
        yield from ("```suggestion", "```")
