"""What a rule says about a statement, a migration or the history, and what follows from it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.core.findings.rewrite import Rewrite
from bot.core.migrations.statement import Position, Span
from bot.core.rehearsals.sizes import RelationSize


class Severity(StrEnum):
    """GitHub's own words, so that annotations need no translation. An error blocks."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Verdict(StrEnum):
    PASS = "pass"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Finding:
    """One thing to know, at one place.

    `path` is the file it is about, or the migrations folder for the history as a whole. `line`,
    `column` and `end_line` count from 1. `statement` is the index of the statement, if it is about
    one; `end_column` is set if it is about a part of that, and is the part's last character.
    `message` is about this place and names the objects, `why` and `fix` are the rule's. `allowed`
    is the author's reason if the finding was allowed beside the statement: it is then shown, and
    counts for nothing; `allowed_until` is the last day of that, if it ends. `relation` is the table
    it is about, where no statement says so. `rewrite` is what to write in the statement's place,
    where a machine can say so. `size` is that of the greatest relation it is about, where sizes are
    known; `usual` is the severity it would have without, if that is another.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    fix: str
    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    statement: int | None = None
    allowed: str | None = None
    rewrite: Rewrite | None = None
    allowed_until: date | None = None
    relation: str = ""
    size: RelationSize | None = None
    usual: Severity | None = None
    end_column: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same before and after a push that moves the line: rule, file and message."""
        text = "\0".join((self.rule, self.path, self.message))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def part(self) -> Span | None:
        """The part of its statement that it is about; None if that is all of it."""
        if self.end_column is None:
            return None
        return Span(Position(self.line, self.column), Position(self.end_line, self.end_column))

    def allow(self, reason: str, until: date | None = None) -> "Finding":
        return replace(self, allowed=reason, allowed_until=until)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    severities = {finding.severity for finding in findings if finding.allowed is None}
    if Severity.ERROR in severities:
        return Verdict.BLOCK
    if Severity.WARNING in severities:
        return Verdict.WARN
    return Verdict.PASS
