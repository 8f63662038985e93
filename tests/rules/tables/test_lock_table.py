"""Who waits for which mode of LOCK TABLE."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged

ERROR, NOTICE = Severity.ERROR, Severity.NOTICE


@pytest.mark.parametrize(
    ("mode", "severity", "who"),
    [
        ("ACCESS EXCLUSIVE", ERROR, "Reads and writes of"),
        ("EXCLUSIVE", ERROR, "Writes to"),
        ("SHARE ROW EXCLUSIVE", ERROR, "Writes to"),
        ("SHARE", ERROR, "Writes to"),
        ("SHARE UPDATE EXCLUSIVE", NOTICE, "Other changes to the structure of"),
        ("ROW EXCLUSIVE", NOTICE, "Other changes to the structure of"),
    ],
)
def test_the_mode_decides_who_waits(mode: str, severity: Severity, who: str) -> None:
    found = judged(f"LOCK TABLE a, b IN {mode} MODE;").findings
    (finding,) = [each for each in found if each.rule == "lock-table"]
    assert finding.severity is severity
    assert finding.message == f"{who} a, b wait until the migration is over."


def test_only_tables_in_use_are_named() -> None:
    found = judged("CREATE TABLE n (a INT); LOCK TABLE n, b;").findings
    assert [each.message for each in found if each.rule == "lock-table"] == [
        "Reads and writes of b wait until the migration is over."
    ]
