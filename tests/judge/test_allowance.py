"""Allowing a finding beside the statement, with a reason, and being told when it does not work."""

import pytest

from bot.core.findings.finding import Verdict
from tests.judging import judged, names, review

ORDER = 'CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT);'
INDEX = 'CREATE INDEX "i" ON "Order"("userId");'
OTHER_INDEX = 'CREATE INDEX "j" ON "Order"("id");'
ALLOW = "-- migration-bot: allow index-create-blocking because the table has 40 rows\n"
ALLOW_FILE = ALLOW.replace("allow ", "allow-file ")


def test_an_allowed_finding_is_shown_and_counts_for_nothing() -> None:
    found = review(ALLOW + INDEX, before=[ORDER])
    assert [each.allowed for each in found.all_findings] == ["the table has 40 rows"]
    assert found.verdict is Verdict.PASS


def test_other_comments_may_stand_between() -> None:
    sql = ALLOW + "-- CreateIndex\n\n" + INDEX
    assert names(judged(sql, before=[ORDER])) == []


def test_an_allowance_covers_its_own_statement_only() -> None:
    sql = ALLOW + INDEX + "\n" + OTHER_INDEX
    assert names(judged(sql, before=[ORDER])) == ["index-create-blocking"]


def test_an_allowance_for_the_file_covers_every_statement() -> None:
    sql = "-- why we do this\n" + ALLOW_FILE + INDEX + "\n" + OTHER_INDEX
    assert names(judged(sql, before=[ORDER])) == []


def test_a_block_comment_can_allow() -> None:
    sql = "/* migration-bot: allow index-create-blocking because small */\n" + INDEX
    assert names(judged(sql, before=[ORDER])) == []


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("-- migration-bot: allow index-create-blocking", "without a reason"),
        ("-- migration-bot: allow index-create-blocking because", "without a reason"),
        ("-- migration-bot: allow no-such-rule because x", "no rule named “no-such-rule”"),
        ("-- migration-bot: alow index-create-blocking because x", "“alow”"),
    ],
)
def test_an_allowance_that_does_not_work_is_found(comment: str, word: str) -> None:
    found = judged(f"{comment}\n{INDEX}", before=[ORDER])
    assert names(found) == ["suppression-problem", "index-create-blocking"]
    assert word in found.findings[0].message
    assert found.findings[0].line == 1


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        (ALLOW + "SELECT 1;", 1),
        (INDEX + "\n" + ALLOW, 2),
        (INDEX + " " + ALLOW, 1),
        (INDEX + "\n" + ALLOW_FILE, 2),
    ],
)
def test_an_allowance_that_nothing_needs_is_found(sql: str, line: int) -> None:
    found = judged(sql, before=[ORDER]).findings
    problems = [each for each in found if each.rule == "suppression-problem"]
    assert [each.line for each in problems] == [line]


def test_allowing_a_rule_that_is_off_is_no_mistake() -> None:
    found = judged(ALLOW + INDEX, before=[ORDER], severities={"index-create-blocking": None})
    assert names(found) == []


def test_a_syntax_error_cannot_be_allowed() -> None:
    sql = "-- migration-bot: allow-file syntax-error because we know\nSELEC 1"
    assert review(sql).verdict is Verdict.BLOCK


def test_a_suppression_problem_cannot_be_allowed() -> None:
    sql = "-- migration-bot: allow-file suppression-problem because quiet\n" + ALLOW + "SELECT 1;"
    assert names(judged(sql)).count("suppression-problem") == 2


def test_an_allowance_needed_only_without_the_rest_of_the_pull_request_is_no_mistake() -> None:
    assert names(judged(ORDER, ALLOW + INDEX)) == []
    assert names(judged(ORDER, ALLOW + "SELECT 1;")) == ["suppression-problem"]


UNTIL = ALLOW.replace(" because", " until {} because")


@pytest.mark.parametrize("day", ["2024-03-01", "2024-03-02", "2099-12-31"])
def test_an_allowance_with_an_end_counts_until_that_day_is_over(day: str) -> None:
    (finding,) = judged(UNTIL.format(day) + INDEX, before=[ORDER]).findings
    assert finding.allowed == "the table has 40 rows"
    assert str(finding.allowed_until) == day


def test_an_allowance_for_the_file_may_end_too() -> None:
    sql = UNTIL.format("2024-03-01").replace("allow ", "allow-file ") + INDEX + OTHER_INDEX
    assert names(judged(sql, before=[ORDER])) == []


@pytest.mark.parametrize("sql", [INDEX, "SELECT 1;"])
def test_an_allowance_that_is_over_allows_nothing_and_says_when_it_ended(sql: str) -> None:
    found = judged(UNTIL.format("2024-02-29") + sql, before=[ORDER])
    assert names(found) == ["suppression-problem", "index-create-blocking"][: 1 + (sql == INDEX)]
    assert found.findings[0].message == (
        "index-create-blocking was allowed until 2024-02-29, and that day has passed."
    )


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("allow index-create-blocking until 2026-02-30 because x", "“2026-02-30” is no day"),
        ("allow index-create-blocking until tomorrow because x", "“tomorrow” is no day"),
        ("allow index-create-blocking until 31.12.2026 because x", "“31.12.2026” is no day"),
        ("allow index-create-blocking until 20261231 because x", "“20261231” is no day"),
        ("allow index-create-blocking until because x", "“until” names no day"),
        ("allow index-create-blocking until 2026-12-31", "without a reason"),
        ("allow index-create-blocking because x until 2026-12-31", "stands behind the reason"),
        ("allow index-create-blocking because x, until 2026-12-31.", "stands behind the reason"),
        ("allow index-create-blocking because x (until 2026-12-31)", "stands behind the reason"),
    ],
)
@pytest.mark.parametrize("form", ["-- migration-bot: {}", "/* migration-bot: {} */"])
def test_a_day_that_cannot_be_told_is_found(form: str, comment: str, word: str) -> None:
    found = judged(f"{form.format(comment)}\n{INDEX}", before=[ORDER])
    assert names(found) == ["suppression-problem", "index-create-blocking"]
    assert word in found.findings[0].message


def test_a_reason_may_speak_of_days() -> None:
    reason = "nobody writes until 2026-12-31, and then only at night"
    sql = f"-- migration-bot: allow index-create-blocking because {reason}\n{INDEX}"
    (finding,) = judged(sql, before=[ORDER]).findings
    assert (finding.allowed, finding.allowed_until) == (reason, None)
