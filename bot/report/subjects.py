"""The rules by what they are about, as a terminal and the docs list them."""

from collections.abc import Iterable, Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, subject_of

_SUBJECTS = {
    "tables": "Tables",
    "columns": "Columns",
    "constraints": "Foreign keys and other constraints",
    "indexes": "Indexes",
    "types": "Enums and other types",
    "views": "Views, triggers and functions",
    "objects": "Schemas, sequences, extensions and dependent objects",
    "partitions": "Partitions",
    "data": "Changing rows",
    "transactions": "Transactions, locks and timeouts",
    "security": "Access, secrets and code",
    "rehearsal": "What a rehearsal shows",
    "prisma": "What Prisma makes of a file",
    "history": "The migrations folder",
    "files": "The file as text",
    "names": "Names and the choice of types",
    "policy": "A team's own conventions",
}
_GRAVEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTICE, None)


def by_subject(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    """Each subject's title with its rules: the gravest first, then as findings are shown."""
    found: dict[str, list[Rule]] = {subject: [] for subject in _SUBJECTS}
    for rule in rules:
        found.setdefault(subject_of(rule), []).append(rule)
    for subject, its in found.items():
        if its:
            its.sort(key=lambda rule: _GRAVEST_FIRST.index(rule.SEVERITY))
            yield _SUBJECTS.get(subject, subject), its
