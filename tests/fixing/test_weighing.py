from bot.core.findings.finding import Severity
from bot.core.findings.review import Review
from bot.fixing.weighing import counts, worse_by
from tests.judging import review

TABLE = 'CREATE TABLE "User" ("id" INT PRIMARY KEY, "n" INT);'
QUIET = "SELECT 1;"
INDEX = 'CREATE INDEX "i" ON "User" ("n");'
NO_REWRITE = 'DROP TABLE "User";'
SEVERITIES = {"table-dropped": Severity.ERROR}


def judged(sql: str) -> Review:
    return review(sql, before=[TABLE], severities=SEVERITIES)


def test_what_was_found_is_counted_by_severity_without_what_is_allowed() -> None:
    allowed = f"-- migration-bot: allow index-create-blocking because it is tiny\n{INDEX}"
    assert counts(judged(QUIET)) == (0, 0, 0)
    assert counts(judged(INDEX))[0] == 1
    assert counts(judged(allowed))[0] == 0


def test_fewer_findings_are_no_worse() -> None:
    assert worse_by(judged(INDEX), judged(QUIET)) is None


def test_an_error_that_nobody_can_rewrite_is_worse() -> None:
    assert worse_by(judged(INDEX), judged(NO_REWRITE)) == "table-dropped"


def test_a_step_that_changes_nothing_is_not_worth_it() -> None:
    assert worse_by(judged(INDEX), judged(INDEX)) == "the same finding"
