"""A rehearsal in the comment: what is shown first, what goes first, and that nothing breaks out."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.findings.finding import Severity
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.proofs import SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import MeasuredLock, RehearsedMigration
from bot.core.schemas.schema import Change, Differences
from bot.report.comment.comment import read_marker, render_comment
from bot.report.comment.headline import headline
from bot.report.comment.markdown import render_markdown
from bot.report.report import Report
from tests.report.regenerate import KEY
from tests.report.rehearsal_samples import (
    BACKFILL,
    FAILED,
    RAN_COUPONS,
    RAN_INDEX,
    STOPPED,
    hostile_rehearsal,
    locks_of_all_kinds,
    ran,
    rehearsal,
    rehearsal_samples,
    rehearsed_report,
)
from tests.report.samples import (
    BLOCKING_INDEX,
    COUPONS,
    HOSTILE,
    INDEX,
    NOTE,
    REWRITE,
    STAGING_DONE,
    TYPE,
    UNNAMED,
    judged,
    migration,
    report,
    statement,
)

BUDGET = 60_000
EXCLUSIVE = LockMode.ACCESS_EXCLUSIVE


def size(body: str) -> int:
    return len(body.encode())


def steps(number: int, *, name: str = "20261120130000_many", words: str = "") -> Report:
    """One migration of so many statements, each with a lock on a table of its own."""
    made = migration(
        name, *(statement(f"SELECT {n}", index=n, line=2 * n + 1) for n in range(number))
    )
    locks = [MeasuredLock(f"public.{words}{n}", EXCLUSIVE, held_ms=1.0) for n in range(number)]
    added = tuple(Change("column", f"public.{words}.c{n}", after=()) for n in range(number))
    found = RehearsedMigration(
        name, tuple(ran(n, 1.0, lock) for n, lock in enumerate(locks)), changes=Differences(added)
    )
    return rehearsed_report(rehearsal(found), made)


def test_without_a_rehearsal_there_is_no_word_of_it() -> None:
    assert "ehears" not in render_comment(report(judged(COUPONS)), KEY)


def test_the_update_of_a_rollout_folds_what_is_history() -> None:
    made = replace(rehearsal_samples()["rehearsed"], merged=True, targets=(STAGING_DONE,))
    assert "<details><summary><b>Rehearsed" in render_comment(made, KEY)


def test_the_worst_lock_is_named_where_there_are_several_to_choose_from() -> None:
    assert "Worst lock" not in render_comment(steps(1), KEY)
    assert "- **Worst lock:** AccessExclusiveLock on `0`" in render_comment(steps(2), KEY)


def test_a_second_run_is_spoken_of_if_it_changes_anything() -> None:
    made = steps(1)
    found = made.review.rehearsal
    assert found is not None

    def told(second: SecondRun) -> str:
        (only,) = found.migrations
        again = replace(found, migrations=(replace(only, second=second),))
        review = replace(made.review, rehearsal=again)
        return render_comment(replace(made, review=review), KEY)

    refused = Refusal(Stop.REFUSED, "it is there")
    assert "second run" not in told(SecondRun(refused))
    assert "second run" not in told(SecondRun())
    assert "- **❌ A second run** stops half-way" in told(SecondRun(refused, ("added table x",)))
    assert "- **A second run** runs through and changes more" in told(SecondRun(None, ("x",)))


def test_without_new_migrations_nothing_was_rehearsed() -> None:
    assert "ehears" not in render_comment(rehearsed_report(rehearsal()), KEY)


def test_every_statement_has_a_line_with_a_link_and_a_sentence() -> None:
    body = render_comment(rehearsed_report(rehearsal(RAN_INDEX), judged(INDEX)), KEY)
    row = r"\| \[2\]\(\S+#L2\) \| `CREATE INDEX`: blocks all writes to `orders` for the time of the"
    assert re.search(row, body)


def test_the_locks_are_a_diagram() -> None:
    body = render_comment(rehearsed_report(rehearsal(locks_of_all_kinds()), judged(BACKFILL)), KEY)
    assert "```mermaid\n%%{init" in body
    assert "section customer_addresses\n" in body
    new = render_comment(rehearsed_report(rehearsal(RAN_COUPONS), judged(COUPONS)), KEY)
    assert "gantt" not in new


def test_a_failure_is_the_next_step_and_says_what_stays() -> None:
    made = rehearsed_report(rehearsal(STOPPED), judged(BACKFILL, FAILED))
    assert headline(made).next_step == (
        "Mend what PostgreSQL refused, line 5 of `20261120120000_backfill_currency`, and push. "
        "This comment updates itself."
    )
    assert "did not get through its rehearsal" in headline(made).sentence
    body = render_comment(made, KEY)
    assert "❌ 2 of 4 statements ran</summary>" in body
    assert "In production this would stay: the column public.orders.currency" in body


def test_a_failure_beside_other_errors_is_one_of_several_steps() -> None:
    other = replace(BLOCKING_INDEX, path=BACKFILL.migration.path)
    made = rehearsed_report(rehearsal(STOPPED), judged(BACKFILL, FAILED, other))
    assert headline(made).next_step.startswith("Fix what is listed under “Must change”")


def test_what_was_run_is_said_to_have_been_run() -> None:
    made = rehearsal_samples()
    assert "read, and run on PostgreSQL 18.6;" in headline(made["rehearsed"]).sentence
    assert "though not all could be run" in headline(made["not_rehearsed"]).sentence


def test_of_many_statements_the_gravest_are_seen_and_all_are_there() -> None:
    body = render_comment(steps(60), KEY)
    assert "<details><summary>All 60 statements</summary>" in body
    assert body.count("SELECT 59") > body.count("| [59]") == 1


def test_the_statement_that_stopped_is_seen_among_any_number() -> None:
    made = steps(60)
    assert made.review.rehearsal is not None
    (found,) = made.review.rehearsal.migrations
    refused = Refusal(Stop.REFUSED, "no room", statement=59)
    stopped = replace(found, statements=found.statements[:59], refused=refused)
    body = render_comment(rehearsed_report(rehearsal(stopped), *made.review.migrations), KEY)
    shown = body.split("<details><summary>All 60")[0]
    assert "❌ `SELECT 59`: stopped here: PostgreSQL refused it: no room" in shown


def test_details_of_a_rehearsal_go_before_reasons_of_notices() -> None:
    reasons = [f"{n} because " * 90 for n in range(30)]
    notices = [replace(UNNAMED, message=f"note {n}", why=reasons[n]) for n in range(30)]
    plain = steps(120)
    noted = replace(
        plain.review.migrations[0],
        findings=tuple(replace(e, path=plain.review.migrations[0].migration.path) for e in notices),
    )
    whole = replace(plain, review=replace(plain.review, migrations=(noted,)))
    assert "<b>Schema difference</b>" in render_markdown(whole)
    body = render_comment(whole, KEY)
    assert size(body) <= BUDGET
    assert "29 because" in body
    assert "**Schema difference:** 120 added, left out here for length." in body
    assert "All 120 statements" not in body
    assert "…and 112 more statements, left out here for length." in body


def test_a_rehearsal_gives_way_to_a_line_before_a_finding_goes() -> None:
    warnings = [replace(REWRITE, message=f"fault {n}", why=f"{'x' * 800}{n}") for n in range(45)]
    made = rehearsal_samples()["rehearsed_estimates"]
    two = (judged(INDEX), judged(TYPE, *warnings))
    body = render_comment(replace(made, review=replace(made.review, migrations=two)), KEY)
    assert size(body) <= BUDGET
    assert body.count("**fault ") == 45
    assert "SET DATA TYPE" in body
    assert "What it did" not in body
    assert "\n2 migrations, left out here for length. `migration-bot rehearse`" in body


@pytest.mark.slow
def test_two_thousand_rehearsed_migrations_still_fit() -> None:
    names = [f"20261120{n:06}_step" for n in range(2000)]
    made = [migration(name, statement("SELECT 1")) for name in names]
    lock = MeasuredLock("public.orders", EXCLUSIVE, held_ms=1.0)
    found = [RehearsedMigration(name, (ran(0, 1.0, lock),), stays=("x" * 500,)) for name in names]
    body = render_comment(rehearsed_report(rehearsal(*found), *made), KEY)
    assert size(body) <= BUDGET
    assert "Rehearsed on PostgreSQL 18.6" in body


@pytest.mark.parametrize("stop", Stop)
def test_any_stop_fits_any_budget(stop: Stop) -> None:
    endless = Refusal(stop, "y" * 100_000, statement=0, hint="z" * 100_000)
    found = RehearsedMigration(
        COUPONS.migration.name, refused=endless, stays=tuple("w" * 1_000 for _ in range(1_000))
    )
    made = rehearsed_report(rehearsal(found), judged(COUPONS))
    assert size(render_comment(made, KEY)) <= BUDGET


TAGS = {"details", "summary", "b", "br", "code", "sub", "span", "!--", "h3", "h4", "p"} | {
    "strong", "table", "thead", "tbody", "tr", "th", "td", "a", "ul", "li", "pre"
}  # fmt: skip


@given(st.text(max_size=200))
@example(HOSTILE)
@example("```\n</details>\n### 🟢 Approved\n")
@example("| a | b |\n|--|--|\n")
@example("%%{init: {'securityLevel': 'loose'}}%%\nclick x call alert(1)")
@settings(max_examples=40, deadline=None)
def test_no_name_and_no_message_adds_markup(text: str) -> None:
    body = render_comment(hostile_rehearsal(text), KEY)
    assert size(body) <= BUDGET
    assert read_marker(body) is not None
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    assert set(re.findall(r"</?([a-z][^\s>/]*|!--)", rendered)) <= TAGS
    assert rendered.count("<details") == rendered.count("</details>")
    assert rendered.count("<h3") == 1
    assert set(re.findall(r'href="([^"/]*//[^"/]*/)', rendered)) <= {"https://github.com/"}


def test_a_warning_of_a_rehearsal_blocks_nothing() -> None:
    warned = replace(FAILED, rule="rehearsal-incomplete", severity=Severity.WARNING)
    made = rehearsed_report(rehearsal(STOPPED), judged(BACKFILL, warned))
    assert headline(made).sign == "🟡"
    assert NOTE.migration.name not in render_comment(made, KEY)
