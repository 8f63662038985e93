"""Findings as GitHub workflow commands, which show them beside the lines they are about."""

from collections.abc import Iterable

from bot.core.findings.finding import Finding, Severity
from bot.report.escape import command_data, command_property
from bot.report.size_words import size_sentence
from bot.report.words import count

# GitHub shows ten annotations of each kind for one step, and drops the others in silence.
LIMIT = 10


def annotations(findings: Iterable[Finding]) -> str:
    """One command per line, the gravest first; a last line of plain text counts what is left out.

    Allowed findings are not annotated. Without findings the text is empty.
    """
    counted = [each for each in findings if each.allowed is None]
    lines: list[str] = []
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTICE):
        lines += [_command(each) for each in counted if each.severity is severity][:LIMIT]
    left_out = len(counted) - len(lines)
    if left_out:
        lines.append(f"{count(left_out, 'more finding')} not annotated here; the report lists all.")
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.path,
        "line": str(finding.line),
        "endLine": str(max(finding.line, finding.end_line)),
        "col": str(finding.column),
        "title": finding.rule,
    }
    if finding.end_line > finding.line:
        del properties["col"]  # GitHub ignores the place altogether if a range of lines has columns
    given = ",".join(f"{name}={command_property(value)}" for name, value in properties.items())
    said = finding.message, size_sentence(finding), finding.why, finding.fix
    message = "\n\n".join(each for each in said if each)
    return f"::{finding.severity} {given}::{command_data(message)}"
