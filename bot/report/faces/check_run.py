"""The face of a report beside a commit: a line, a summary, and text beside the lines."""

from bot.core.findings.finding import Finding, Severity, Verdict
from bot.core.findings.review import Review
from bot.core.findings.rewrite import Rewrite
from bot.core.github.check_run import Annotation, CheckResult, Conclusion, Level
from bot.core.github.run import Run
from bot.errors import BotError, Interrupted
from bot.report.comment.headline import headline
from bot.report.comment.markdown import render_markdown
from bot.report.escape import fence, one_line, visible
from bot.report.report import Report
from bot.report.size_words import size_sentence
from bot.report.words import by_gravity, clipped, count

# Twenty calls of fifty; the summary lists what is beyond.
MOST = 1000

# GitHub's limits are 65,535 characters of a summary, 255 of a title, and 64 KB of a message or of
# details, where a character may have four bytes.
_SUMMARY = 65_000
_TITLE = 255
_TEXT = 16_000

_LEVELS = {
    Severity.NOTICE: Level.NOTICE,
    Severity.WARNING: Level.WARNING,
    Severity.ERROR: Level.FAILURE,
}
_CONCLUSIONS = {
    Verdict.PASS: Conclusion.SUCCESS,
    Verdict.WARN: Conclusion.NEUTRAL,
    Verdict.BLOCK: Conclusion.FAILURE,
}


def check_result(review: Review, run: Run | None = None) -> CheckResult:
    """What a check found, as GitHub takes it."""
    report = Report(review, run=run)
    besides = _left_out(review)
    return CheckResult(
        conclusion=_conclusion(review),
        title=clipped(one_line(headline(report).title), _TITLE),
        summary=render_markdown(report, budget=_SUMMARY) + (f"\n\n{besides}" if besides else ""),
        annotations=check_annotations(review),
    )


def check_annotations(review: Review) -> tuple[Annotation, ...]:
    """The gravest first. Allowed findings are not annotated."""
    counted = [each for each in by_gravity(review.all_findings) if each.allowed is None]
    return tuple(_annotation(each) for each in counted[:MOST])


def stopped_result(error: BaseException) -> CheckResult:
    """A check that ended before it found anything."""
    if isinstance(error, KeyboardInterrupt | Interrupted):
        return CheckResult(
            Conclusion.CANCELLED,
            "Cancelled",
            "The run was cancelled before the check was done. Nothing is said about the "
            "migrations; run it again.",
        )
    if isinstance(error, BotError):
        said = f"error: {error.message}\nhint:  {error.hint}"
        return CheckResult(
            Conclusion.FAILURE, "The check could not be done", clipped(fence(said), _TEXT)
        )
    return CheckResult(
        Conclusion.FAILURE,
        "The bot failed",
        "A fault of the bot itself ended the check "
        f"(`{type(error).__name__}`). The job's log has the whole story; nothing is said about "
        "the migrations.",
    )


def not_again(commit: str) -> str:
    """Why a check is not done again by the button beside it, and what does it."""
    return (
        f"no pull request of this repository has {commit[:12]} as its head: a fork's check and a "
        "merge group's are done again by running their own workflow again"
    )


def not_ours(name: str) -> str:
    return f"the check run {one_line(name)} is none of the bot's: nothing to do"


def _conclusion(review: Review) -> Conclusion:
    """Nothing to judge is no success, and lets a merge go on all the same."""
    if not review.migrations and not review.all_findings:
        return Conclusion.SKIPPED
    return _CONCLUSIONS[review.verdict]


def _annotation(finding: Finding) -> Annotation:
    last = max(finding.line, finding.end_line)
    part = finding.end_column if last == finding.line else None
    said = finding.message, size_sentence(finding), finding.why, finding.fix
    return Annotation(
        path=finding.path,
        start_line=finding.line,
        end_line=last,
        level=_LEVELS[finding.severity],
        title=clipped(one_line(finding.rule), _TITLE),
        message=clipped(visible("\n\n".join(each for each in said if each)), _TEXT),
        details=clipped(visible(_rewritten(finding.rewrite)), _TEXT),
        start_column=finding.column if part is not None else None,
        end_column=part,
    )


def _rewritten(rewrite: Rewrite | None) -> str:
    """The SQL to write instead, "" where a machine cannot say or the statement goes."""
    if rewrite is None:
        return ""
    return "\n".join(f"{each.sql};" for each in rewrite.pieces if each.sql)


def _left_out(review: Review) -> str:
    """How many findings have no annotation, as a sentence; "" if all have."""
    many = sum(each.allowed is None for each in review.all_findings) - MOST
    return f"{count(many, 'more finding')} not annotated beside the lines." if many > 0 else ""
