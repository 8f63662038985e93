import pytest

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.risk import Risk, risk_of, risk_of_review
from bot.core.migrations.effects import Effects
from bot.core.migrations.statement import Position, Statement, SyntaxFault
from tests.fakes import migration

MORE = migration("20260101000000_more", "SELECT 1;\n")


def judged(effects: Effects | None = None, *findings: Finding) -> JudgedMigration:
    statement = Statement(0, MORE.sql, Position(1, 1), Position(1, 8), "SELECT", "SelectStmt", {})
    return JudgedMigration(MORE, (JudgedStatement(statement, effects or Effects()),), findings)


def finding(severity: Severity) -> Finding:
    return Finding("rule", severity, "It is so.", "Why.", "Do so.", MORE.path)


def test_what_nobody_has_anything_to_say_of_is_low() -> None:
    assert risk_of(judged()) is Risk.LOW
    assert risk_of(judged(None, finding(Severity.NOTICE))) is Risk.LOW


@pytest.mark.parametrize(
    "effects",
    [Effects(loses=("public.a.b",)), Effects(rewrites=("public.a",)), Effects(understood=False)],
)
def test_what_loses_rewrites_or_is_not_understood_is_high(effects: Effects) -> None:
    assert risk_of(judged(effects)) is Risk.HIGH


def test_what_an_older_application_misses_is_medium() -> None:
    assert risk_of(judged(Effects(misses=("public.a.b",)))) is Risk.MEDIUM


def test_a_finding_weighs_by_its_severity_allowed_or_not() -> None:
    assert risk_of(judged(None, finding(Severity.WARNING))) is Risk.MEDIUM
    assert risk_of(judged(None, finding(Severity.ERROR))) is Risk.HIGH
    assert risk_of(judged(None, finding(Severity.ERROR).allow("We know."))) is Risk.HIGH


def test_a_file_that_cannot_be_read_is_high() -> None:
    assert (
        risk_of(
            JudgedMigration(
                MORE, fault=SyntaxFault("syntax-error", "It ends too soon.", Position(1, 1))
            )
        )
        is Risk.HIGH
    )


def test_a_review_has_the_highest_risk_of_its_migrations() -> None:
    reviewed = Review("18", (judged(), judged(None, finding(Severity.WARNING)), judged()))

    assert risk_of_review(reviewed) is Risk.MEDIUM
    assert risk_of_review(Review("18")) is Risk.LOW
