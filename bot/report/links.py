"""Addresses that a report points to."""

from urllib.parse import quote

from bot.core.findings.finding import Finding
from bot.core.github.run import Run

DOCS_URL = "https://github.com/migration-bot/migration-bot/blob/main/docs"


def rule_url(run: Run | None, rule: str) -> str:
    """The rule's page as it was in the bot that ran; at a terminal, the newest there is."""
    docs = (run.docs_url if run else "") or DOCS_URL
    return f"{docs}/rules/{quote(rule, safe='')}.md"


def file_url(run: Run, path: str, line: int = 0, end_line: int = 0) -> str:
    """The file at the very commit the report is about, so that its lines stay right."""
    kind = "blob" if "." in path.rpartition("/")[2] else "tree"
    lines = f"#L{line}" if line and kind == "blob" else ""
    if lines and end_line > line:
        lines += f"-L{end_line}"
    return f"{run.repository_url}/{kind}/{quote(run.commit, safe='')}/{quote(path)}{lines}"


def finding_url(run: Run, finding: Finding) -> str:
    return file_url(run, finding.path, finding.line, finding.end_line)


def commit_url(run: Run) -> str:
    return f"{run.repository_url}/commit/{quote(run.commit, safe='')}"


def run_url(run: Run, number: int) -> str:
    """Another run of the same repository."""
    return f"{run.repository_url}/actions/runs/{number}"
