"""The status comment against expected/*.md, its budget, and what hostile text can do to it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.approvals.approval import StaleApproval
from bot.core.drift.drift import Drift
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rewrite import Piece, Rewrite
from bot.core.gates.gate import Gate
from bot.core.migrations.migration import Migration
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import DriftMode, Kind
from bot.report.comment.comment import read_marker, render_comment, same_but_for_time, same_state
from bot.report.comment.markdown import render_markdown
from bot.report.report import Report
from tests.report.regenerate import EXPECTED, KEY, drawn, every
from tests.report.samples import (
    BLOCKING_INDEX,
    HEAD,
    INDEX,
    NOTE,
    PRODUCTION_FAILED,
    REWRITE,
    RUN,
    TYPE,
    UNNAMED,
    hostile,
    judged,
    many,
    migration,
    report,
    samples,
    statement,
)

BUDGET = 60_000


@pytest.mark.parametrize("name", drawn())
def test_the_comment_is_as_expected(name: str) -> None:
    """To accept a change: `python -m tests.report.regenerate`, and read the diff."""
    assert drawn()[name] == (EXPECTED / name).read_text("utf-8")


def test_no_expected_document_is_left_over() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == set(drawn())


@pytest.mark.parametrize("name", every())
def test_every_comment_begins_with_its_marker(name: str) -> None:
    made = every()[name]
    body = render_comment(made, KEY)
    marker = read_marker(body)
    assert marker is not None
    assert (marker.key, marker.sha, marker.run, marker.attempt) == (KEY, HEAD, RUN.id, 1)
    assert marker.plan == (made.review.digest if made.review.migrations else "")


@pytest.mark.parametrize("name", every())
def test_every_comment_has_one_verdict_and_one_next_step(name: str) -> None:
    body = render_comment(every()[name], KEY)
    assert body.count("**Next step:**") == 1
    assert re.search(r"\n### (🟢|🟡|🔴) ", body)


def test_two_bodies_that_differ_in_time_only_are_the_same() -> None:
    first = render_comment(samples()["warnings"], KEY)
    later = replace(samples()["warnings"], run=replace(RUN, at=RUN.at + timedelta(days=1)))
    second = render_comment(later, KEY)
    assert first != second
    assert same_but_for_time(first, second.replace("\n", "\r\n"))


def test_another_run_commit_or_state_is_not_the_same() -> None:
    first = render_comment(samples()["warnings"], KEY)
    again = replace(samples()["warnings"], run=replace(RUN, attempt=2))
    assert not same_but_for_time(first, render_comment(again, KEY))
    assert not same_but_for_time(first, render_comment(samples()["all_well"], KEY))


def test_a_time_in_the_text_is_not_taken_for_the_comments_own() -> None:
    body = render_comment(samples()["production_applied"], KEY)
    assert not same_but_for_time(body, body.replace("14:25 UTC", "14:26 UTC"))


def test_without_a_run_there_are_no_links_into_the_repository() -> None:
    body = render_markdown(replace(samples()["blocked"], run=None))
    assert "github.com/acme" not in body
    assert "`20261120100000_index_orders_by_user/migration.sql:2`" in body


HOSTILE_TAGS = {"details", "summary", "b", "br", "code", "sub", "span", "!--"}


def test_hostile_text_adds_no_markup_to_the_comment() -> None:
    body = render_comment(hostile(), KEY)
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    ours = HOSTILE_TAGS | {"h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "a"}
    ours |= {"ul", "li", "pre"}
    assert set(re.findall(r"</?([a-z][^\s>/]*|!--)", rendered)) <= ours
    assert rendered.count("<details") == rendered.count("</details>")
    targets = set(re.findall(r'href="([^"/]*//[^"/]*/)', rendered))
    assert targets == {"https://github.com/"}
    assert rendered.count("<h3") == 1
    assert "<h2" not in rendered


def test_hostile_text_mentions_nobody_and_hides_nothing() -> None:
    body = render_comment(hostile(), KEY)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", body, flags=re.S)
    assert not re.search(r"@\w|(?<!&)#\d|GH-\d|https?://evil|www\.", outside)
    assert not set(body) & set("\u202e\x1b\x00")


def test_a_secret_marker_carries_nothing_from_the_repository() -> None:
    first = render_comment(hostile(), KEY).split("\n")[0]
    assert "octocat" not in first


def long_sql(name: str, lines: int) -> str:
    return "".join(f"INSERT INTO {name} VALUES ({number});\n" for number in range(lines))


def big(base: JudgedMigration, name: str, statements: int, *, width: int = 300) -> JudgedMigration:
    made = migration(
        name,
        *(
            statement(f"SELECT {number}, '{'x' * width}'", index=number, line=1 + 2 * number)
            for number in range(statements)
        ),
    )
    moved = (replace(each, path=made.migration.path) for each in base.findings)
    return judged(made, *moved)


def size(body: str) -> int:
    return len(body.encode())


def kept(body: str, made: Report) -> bool:
    """What is never cut: heading, next step, digest, link to every file's count."""
    return (
        "### " in body
        and "**Next step:**" in body
        and made.review.digest in body
        and body.rstrip().endswith("</sub>")
    )


def test_a_rewrite_is_shown_with_the_folders_it_needs() -> None:
    body = render_comment(samples()["rewrites"], KEY)
    assert "**What to write instead:**\n\n````sql\nALTER TABLE" in body
    assert "**What to write instead:** nothing, leave the statement out.\n" in body
    assert "```sql\n-- alone in a migration folder of its own:\nDROP INDEX CONC" in body


def test_a_rewrite_that_the_fix_says_already_is_not_repeated() -> None:
    rewrite = Rewrite((Piece(BLOCKING_INDEX.fix.splitlines()[1].rstrip(";")),))
    text = render_markdown(report(judged(INDEX, replace(BLOCKING_INDEX, rewrite=rewrite))))
    assert "What to write instead" not in text
    longer = replace(BLOCKING_INDEX, rewrite=Rewrite((Piece("SELECT 1" + " + 1" * 400),)))
    assert "+ 1" not in render_markdown(report(judged(INDEX, longer)))


def test_many_long_rewrites_do_not_break_the_budget() -> None:
    long = [Rewrite((Piece(f"SELECT {n} " + "`" * 1_400),)) for n in range(400)]
    bad = [replace(BLOCKING_INDEX, message=f"No. {n}", rewrite=long[n]) for n in range(400)]
    body = render_comment(report(judged(INDEX, *bad)), KEY)
    assert body.count("What to write instead") > 10
    assert size(body) <= BUDGET


def test_a_reason_and_an_sql_are_given_once_and_what_to_do_each_time() -> None:
    rewrite = Rewrite((Piece("SELECT 1"),))
    bad = [replace(BLOCKING_INDEX, message=f"No. {n}", rewrite=rewrite) for n in range(3)]
    body = render_comment(report(judged(INDEX, *bad)), KEY)
    assert body.count("What to write instead") == 1
    assert body.count(BLOCKING_INDEX.why.split(":")[0]) == 1
    assert body.count("**Safe way:**") == 3
    assert "`migration-bot fix` rewrites all." in body


def test_a_long_sql_is_folded() -> None:
    long = Rewrite(tuple(Piece(f"SELECT {n}") for n in range(9)))
    body = render_comment(report(judged(INDEX, replace(BLOCKING_INDEX, rewrite=long))), KEY)
    assert "<details><summary><b>What to write instead</b></summary>\n\n```sql\nSELECT 0;" in body


def test_a_short_report_is_shown_whole() -> None:
    body = render_comment(samples()["warnings"], KEY)
    assert "shortened" not in body
    assert UNNAMED.why in body


def test_reasons_of_notices_go_first_then_the_notices() -> None:
    reasons = [f"{n} because " * 100 for n in range(60)]
    notices = [replace(UNNAMED, message=f"note {n}", why=reasons[n]) for n in range(60)]
    body = render_comment(report(judged(NOTE, *notices)), KEY)
    assert size(body) <= BUDGET
    assert "because" not in body
    assert "note 59" in body
    more = [replace(UNNAMED, message=f"note {n} {'y' * 500}") for n in range(200)]
    body = render_comment(report(judged(NOTE, *more)), KEY)
    assert size(body) <= BUDGET
    assert "(200)" in body
    assert "note 1 " not in body
    assert 'ADD COLUMN "note"' in body


def test_sql_of_calm_files_goes_before_that_of_risky_ones() -> None:
    made = report(
        big(NOTE, "20261120000001_calm", 200),
        big(judged(TYPE, REWRITE), "20261120000002_risky", 20),
    )
    body = render_comment(made, KEY)
    assert size(body) <= BUDGET
    assert kept(body, made)
    assert "SELECT 199" not in body
    assert "SELECT 19," in body
    assert "An approval still covers every byte" in body


def test_sql_of_risky_files_is_cut_between_statements_and_says_so() -> None:
    made = report(big(judged(TYPE, REWRITE), "20261120000002_risky", 400))
    body = render_comment(made, KEY)
    assert BUDGET * 0.9 < size(body) <= BUDGET
    assert kept(body, made)
    shown = re.findall(r"^SELECT \d+, '(x+)';$", body, flags=re.M)
    assert len(shown) > 100
    assert set(shown) == {"x" * 300}
    assert f"{len(shown)} of 400 statements shown here" in body
    assert f"-- … {400 - len(shown)} statements not shown here" in body


def test_a_statement_that_is_accused_is_kept_before_the_others() -> None:
    made = big(judged(TYPE), "20261120000002_risky", 400)
    accused = replace(REWRITE, path=made.migration.path, statement=399, line=799, end_line=799)
    body = render_comment(report(judged(made, accused)), KEY)
    assert size(body) <= BUDGET
    assert "SELECT 399," in body
    assert "SELECT 390," not in body


def test_findings_are_counted_when_they_cannot_all_be_shown() -> None:
    errors = [replace(BLOCKING_INDEX, line=n, message=f"fault {n}") for n in range(1, 2001)]
    made = report(judged(INDEX, *errors))
    body = render_comment(made, KEY)
    assert BUDGET * 0.9 < size(body) <= BUDGET
    assert kept(body, made)
    assert "Must change (2000)" in body
    assert "**fault 1**" in body
    left = re.search(r"…and ([\d,]+) findings more", body)
    assert left is not None
    assert int(left[1].replace(",", "")) + body.count("**fault ") == 2000


def test_two_thousand_migrations_still_fit() -> None:
    made = many(2000)
    body = render_comment(made, KEY)
    assert size(body) <= BUDGET
    assert kept(body, made)
    assert re.search(r"…and [\d,]+ more migrations", body)


def test_one_file_that_cannot_be_read_and_is_too_long_is_left_out_whole() -> None:
    sql = long_sql("café", 5000)
    unread = JudgedMigration(Migration("20261120000001_x", "p/20261120000001_x/migration.sql", sql))
    fault = replace(BLOCKING_INDEX, path=unread.migration.path, statement=None)
    made = report(replace(unread, findings=(fault,)))
    body = render_comment(made, KEY)
    assert size(body) <= BUDGET
    assert "INSERT INTO" not in body
    assert "SQL left out here" in body


def test_a_job_summary_may_be_a_megabyte() -> None:
    body = render_markdown(many(300))
    assert "shortened" not in body
    assert BUDGET < size(body) <= 1_000_000


def test_an_empty_review_says_that_nothing_is_to_do() -> None:
    body = render_markdown(Report(Review(postgres="18")))
    assert body.startswith("### 🟢 No new migrations\n")
    assert "Nothing to do." in body
    assert "<details" not in body


def test_endless_messages_of_a_server_do_not_break_the_budget() -> None:
    endless = "$@octocat " * 10_000
    gates = tuple(Gate(f"gate {n} {endless}", open=False, reason=endless) for n in range(50))
    target = replace(PRODUCTION_FAILED, message=endless, hint=endless, gates=gates)
    made = report(
        judged(NOTE),
        targets=(target,) * 30,
        stale=(StaleApproval(endless, endless, (endless,) * 9),) * 30,
        merged=True,
    )
    body = render_comment(made, KEY)
    assert size(body) <= BUDGET
    assert kept(body, made)


@given(st.text(max_size=400), st.text(max_size=400))
@settings(max_examples=30)
def test_any_sql_and_any_message_make_a_comment(sql: str, message: str) -> None:
    made = migration("20261120000001_any", statement(sql))
    found = replace(BLOCKING_INDEX, path=made.migration.path, message=message, why=sql, fix=message)
    body = render_comment(report(judged(made, found)), KEY)
    assert size(body) <= BUDGET
    assert read_marker(body) is not None
    assert body.count("**Next step:**") == 1 + (sql + message).count("**Next step:**")


def test_a_blank_difference_makes_no_heading_of_the_line_above() -> None:
    """An item of a list that is empty is a line of `-`, which underlines a paragraph."""
    blank = Drift(DriftMode.REPORT, ("", " ", "lacks table a"), more=1)
    stale = StaleApproval("tom", HEAD, (" ",))
    made = report(
        judged(NOTE),
        targets=(replace(PRODUCTION_FAILED, drift=blank),),
        stale=(stale,),
        merged=True,
    )
    rendered = MarkdownIt("commonmark", {"html": True}).render(render_comment(made, KEY))
    assert re.findall(r"<h\d", rendered) == ["<h3"]


def test_a_target_says_where_to_see_what_uses_it() -> None:
    done = replace(PRODUCTION_FAILED, environment_url="https://shop.example/")
    body = render_comment(report(judged(NOTE), targets=(done,), merged=True), KEY)
    assert " · [environment](https://shop.example/)\n" in body


def test_where_somebody_must_agree_the_gates_are_in_sight_unless_more_is_in_the_way() -> None:
    waits = samples()["waiting_for_approval"]
    assert "<details open><summary><b>Rollout</b>" in render_comment(waits, KEY)
    blocked = replace(samples()["blocked"], targets=waits.targets)
    assert "<details><summary><b>Rollout</b>" in render_comment(blocked, KEY)


def test_once_it_rolls_out_the_states_come_first() -> None:
    """A phone shows the first columns of a table."""
    assert "| | Migration | Effect while it runs |" in render_comment(samples()["warnings"], KEY)
    later = render_comment(samples()["production_failed"], KEY)
    assert "| | Migration | staging | production | Effect while it runs |" in later
    assert "`20261120093000` | ✅&nbsp;applied | ❌&nbsp;failed |" in later


def rolled_out(*states: State, sql: str = "SELECT 1") -> str:
    targets = tuple(
        Progress(f"t{place}", Kind.STAGING, state, message=f"said in run {place}")
        for place, state in enumerate(states)
    )
    made = report(
        judged(migration("20261120000001_any", statement(sql))), targets=targets, merged=True
    )
    return render_comment(made, KEY)


def test_a_state_is_the_same_whatever_is_said_about_it() -> None:
    one = rolled_out(State.APPLIED, State.CLOSED)
    assert same_state(one, one.replace("said in run 0", "put otherwise"))
    assert not same_state(one, rolled_out(State.APPLIED, State.APPLIED))
    assert not same_state(one, rolled_out(State.CLOSED, State.APPLIED))


def test_quoted_sql_is_not_taken_for_the_state() -> None:
    quoted = "<details><summary><b>Rollout</b>: t0 ✅ applied</summary>"
    hostile_sql = f"/*\n### title\n{quoted}\n*/ SELECT 1"
    one = rolled_out(State.CLOSED, sql=hostile_sql)
    assert same_state(one, rolled_out(State.CLOSED))
    assert not same_state(one, rolled_out(State.APPLIED, sql=hostile_sql))
