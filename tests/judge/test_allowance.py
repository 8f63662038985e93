"""Allowing a finding beside the statement, with a reason, and being told when it does not work."""

import pytest

from bot.core.finding import Verdict
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
