"""`check` in a terminal: readable at any width, and nothing in a file can drive the terminal."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.core.findings.finding import Finding
from bot.core.findings.review import Review
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.report.terminal.check import check_text
from bot.report.terminal.source import cells
from tests.report.samples import (
    BLOCKING_INDEX,
    GONE,
    HOSTILE,
    INDEX,
    NOTE,
    UNNAMED,
    finding,
    judged,
    migration,
    samples,
    statement,
)

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_finding_is_shown_as_a_compiler_would() -> None:
    assert check_text(samples()["risky_statement"].review, width=80) == (
        "prisma/migrations/20261120100000_index_orders_by_user/migration.sql:2:1\n"
        "  error index-create-blocking\n"
        '  2 │ CREATE INDEX "orders_user_id_idx" ON "orders"("user_id");\n'
        "    │ ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        '  Building "orders_user_id_idx" makes every write to public.orders wait until it\n'
        "  is done.\n"
        "  why: PostgreSQL holds a SHARE lock for the whole build: reads go on, but\n"
        "       INSERT, UPDATE and DELETE wait. On a table of 10 million rows that is\n"
        "       minutes.\n"
        "  fix: Build it without blocking, alone in its own migration:\n"
        '       CREATE INDEX CONCURRENTLY "orders_user_id_idx" ON "orders"("user_id");\n'
        "\n"
        "1 migration, 1 statement against main: 1 error.\n"
        "Blocked until the errors are fixed.\n"
        "\n"
        "Read more, with an example:\n"
        "  migration-bot rules index-create-blocking\n"
        "Or say above a statement why it may stand:\n"
        "  -- migration-bot: allow RULE because REASON\n"
    )


def test_a_heading_that_fits_is_one_line() -> None:
    text = check_text(samples()["risky_statement"].review, width=100)
    assert text.startswith(f"{INDEX.migration.path}:2:1 error index-create-blocking\n")


def test_a_place_and_a_reason_are_shown_once() -> None:
    again = replace(BLOCKING_INDEX, message="The same place.")
    text = check_text(Review("18", migrations=(judged(INDEX, BLOCKING_INDEX, again),)))
    assert text.count("2 │ CREATE INDEX") == text.count("why: ") == 1
    assert text.count("fix: ") == 2


def test_a_rewrite_stands_below_the_fix_and_names_the_command() -> None:
    text = check_text(samples()["rewrites"].review)
    assert (
        '  sql: ALTER TABLE "orders" ADD COLUMN "total_new" BIGINT;\n'
        '       COMMENT ON COLUMN "orders"."total_new" IS \'```\';\n'
    ) in text
    assert "  sql: none, leave the statement out\n" in text
    assert (
        "  sql: -- alone in a migration folder of its own:\n"
        '       DROP INDEX CONCURRENTLY "orders_total_idx";\n'
    ) in text
    assert "\nHave all 3 rewritten:\n  migration-bot fix\n" in text


def test_a_rewrite_is_shown_once_and_a_long_one_by_what_writes_it() -> None:
    short = replace(BLOCKING_INDEX, rewrite=Rewrite((Piece("SELECT 1"),)))
    pieces = (Piece("SELECT 0"), *(Piece(f"SELECT {n}", Place.LATER) for n in range(1, 5)))
    twice = Review(postgres="18", migrations=(judged(INDEX, short, replace(short, rule="b")),))
    long = replace(BLOCKING_INDEX, rewrite=Rewrite(pieces))
    assert check_text(twice, width=80).count("SELECT 1;") == 1
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, long),)), width=80)
    assert "  sql: 9 lines in 5 migration folders, which `migration-bot fix` writes\n" in text


def test_a_part_of_a_statement_is_shown_below_the_line_that_begins_it() -> None:
    made = migration("x", statement('ALTER TABLE "a"\n  ADD b int,\n  DROP c'))
    about = finding(made, "some-rule", message="Gone.", line=3, column=3, end_line=3, end_column=8)
    text = check_text(Review(postgres="18", migrations=(judged(made, about),)), width=80)
    assert ('  1 │ ALTER TABLE "a"\n  ⋮ │\n  3 │   DROP c;\n    │   ^~~~~~\n') in text


@pytest.mark.parametrize(
    ("findings", "said"),
    [((GONE,), "Have it rewritten:"), ((GONE, BLOCKING_INDEX), "Have 1 of the 2 rewritten:")],
)
def test_the_command_is_for_those_that_have_a_rewrite(
    findings: tuple[Finding, ...], said: str
) -> None:
    text = check_text(Review("18", migrations=(judged(INDEX, *findings),)))
    assert f"\n{said}\n  migration-bot fix\n" in text


def test_what_nobody_can_allow_is_not_offered_to_be_allowed() -> None:
    broken = replace(BLOCKING_INDEX, rule="syntax-error", statement=None)
    text = check_text(Review("18", migrations=(judged(INDEX, broken),)))
    assert text.endswith("\n  migration-bot rules syntax-error\n")


def test_a_place_inside_a_statement_is_shown_below_the_line_above_it() -> None:
    sql = 'ALTER TABLE "orders"\n  ADD COLUM x int;\n'
    about = replace(BLOCKING_INDEX, line=2, column=13, statement=None)
    made = replace(judged(INDEX, about), migration=replace(INDEX.migration, sql=sql))
    text = check_text(Review("18", migrations=(made,)))
    assert ('  1 │ ALTER TABLE "orders"\n  2 │   ADD COLUM x int;\n    │             ^\n') in text


def test_a_notice_asks_for_nothing() -> None:
    text = check_text(Review("18", migrations=(judged(NOTE, UNNAMED),)))
    assert text.endswith("1 notice.\nNothing risky found.\n")


@pytest.mark.parametrize("name", samples())
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_review_fits_every_width(name: str, width: int) -> None:
    text = check_text(samples()[name].review, width=width)
    for line in text.splitlines():
        whole = re.search(
            r":\d+(:\d+)?$|git mv|CREATE INDEX CONC|DROP|  migration-bot|  --|sql: |^ {7}C", line
        )
        # A name is not cut, so that it can be copied.
        assert whole or cells(line) <= width or " " not in line.strip()


def test_without_colour_there_is_no_escape_at_all() -> None:
    assert "\x1b" not in check_text(samples()["hostile"].review, with_sql=True)


def test_with_colour_only_our_own_escapes_reach_the_terminal() -> None:
    text = check_text(samples()["hostile"].review, colour=True, with_sql=True)
    assert COLOUR.search(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", COLOUR.sub("", text))


def test_text_from_a_file_is_never_markup() -> None:
    named = replace(BLOCKING_INDEX, message="[bold red]x[/] :smile: [link=https://evil]y[/link]")
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, named),)), width=100)
    assert "[bold red]x[/] :smile: [link=https://evil]y[/link]" in text


def test_hostile_text_is_shown_as_written() -> None:
    named = replace(BLOCKING_INDEX, message=HOSTILE.replace("\u202e", "").split("\x1b")[0])
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, named),)), width=400)
    assert named.message.strip() in text


def test_the_planned_sql_is_shown_on_request() -> None:
    review = samples()["all_well"].review
    assert 'ADD COLUMN "note"' not in check_text(review)
    assert 'ALTER TABLE "orders" ADD COLUMN "note" TEXT;\n' in check_text(review, with_sql=True)


def test_allowed_findings_are_a_line_with_their_reason() -> None:
    text = check_text(samples()["warnings"].review, width=200)
    assert "allowed column-name-case: the export format asks for it\n" in text
    assert "2 warnings, 1 notice and 1 allowed.\nNothing blocks; read the warnings.\n" in text


def test_no_new_migrations_is_one_line() -> None:
    assert check_text(Review(postgres="18", base="main")) == "No new migrations against main.\n"


def test_a_finding_about_the_history_has_no_excerpt() -> None:
    about = replace(BLOCKING_INDEX, path="prisma/migrations", statement=None)
    text = check_text(Review(postgres="18", findings=(about,)), width=100)
    assert text.startswith("prisma/migrations:2:1 error index-create-blocking\n  Building")


def test_an_allowance_that_ends_says_when() -> None:
    ending = BLOCKING_INDEX.allow("40 rows", date(2026, 12, 31))
    text = check_text(Review(postgres="18", migrations=(judged(INDEX, ending),)), width=200)
    assert "allowed index-create-blocking until 2026-12-31: 40 rows\n" in text
    assert "1 allowed.\nNothing risky found.\n" in text


def test_what_was_not_judged_or_not_shown_is_told() -> None:
    review = Review(postgres="18", baseline="20240101000000_a", accepted=812, left_out=1)
    assert check_text(review, width=200) == (
        "812 migrations up to 20240101000000_a are the baseline and not judged. "
        "1 finding is excluded by the configuration.\n"
        "No new migrations.\n"
    )


def test_a_baseline_that_took_nothing_out_is_not_worth_a_word() -> None:
    review = Review(postgres="18", baseline="20240101000000_a", base="main")
    assert check_text(review) == "No new migrations against main.\n"
