"""`create` in a terminal: readable at any width, and nothing in a schema can drive the terminal."""

import re
from dataclasses import replace

import pytest

from bot.core.findings.created import Created, CreatedDown
from bot.core.findings.review import Review
from bot.core.migrations.difference import Difference
from bot.report.terminal.create import create_text
from tests.report.samples import INDEX, samples

DIFFERENCE = Difference(INDEX.migration.sql, "prisma/schema.prisma", "7.10.1")


def review() -> Review:
    return samples()["risky_statement"].review


def made(**more: object) -> Created:
    created = Created(
        INDEX.migration,
        difference=DIFFERENCE,
        review=review(),
        fixable=("index-create-blocking",),
    )
    return replace(created, **more)  # type: ignore[arg-type]


def test_it_says_what_was_written_what_to_mind_and_what_comes_next() -> None:
    assert create_text(made(lock=True), development="local", width=80) == (
        "Created prisma/migrations/20261120100000_index_orders_by_user/migration.sql\n"
        "  Prisma 7.10.1 wrote it: what prisma/schema.prisma has and the history has not.\n"
        "  migration_lock.toml is beside it; commit it too.\n"
        "\n"
        "  -- Orders are listed by user on every page view.\n"
        '  CREATE INDEX "orders_user_id_idx" ON "orders"("user_id");\n'
        "\n"
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
        "Judged: 1 error. A pull request with it is blocked until the errors are dealt\n"
        "with.\n"
        "Nothing is applied. Next:\n"
        "  - read the SQL, and edit it where you know better\n"
        "  - `migration-bot fix` rewrites it for index-create-blocking\n"
        "  - `migration-bot down 20261120100000_index_orders_by_user --write` drafts what\n"
        "    takes it back\n"
        "  - `migration-bot apply local` applies it to a database of your own\n"
        "  - commit the folder: the pull request is checked before anything else happens\n"
    )


def is_one(line: str) -> bool:
    """Whether it is one name, one command or a statement, which are not cut in two."""
    said = re.sub(r"`[^`]*`", "`", line.strip().removeprefix("- ").removeprefix("Created "))
    return " " not in said or said.startswith("CREATE INDEX")


@pytest.mark.parametrize("width", [20, 40])
def test_a_narrow_terminal_breaks_words_and_no_sql(width: int) -> None:
    text = create_text(made(lock=True, refused="it " * 40), development="local", width=width)
    sql = INDEX.migration.sql.splitlines()
    assert all(f"\n  {each}\n" in text for each in sql)
    too_wide = [each for each in text.splitlines() if len(each) > width]
    assert [each for each in too_wide if each.strip() not in sql and not is_one(each)] == []


def test_nothing_to_create_is_said_with_what_was_compared() -> None:
    nothing = Created(difference=replace(DIFFERENCE, sql=""))
    assert create_text(nothing) == (
        "There is nothing to create: the migrations make all that prisma/schema.prisma\n"
        "has.\n"
        "Prisma 7.10.1 compared them.\n"
        "For SQL of your own, such as a backfill: `create NAME --empty`.\n"
    )
    assert "and what staging has" in create_text(replace(nothing, target="staging"))


def test_one_without_findings_is_said_to_have_none() -> None:
    fine = replace(review(), migrations=(), findings=())
    assert "\nNothing risky found.\n" in create_text(made(review=fine, fixable=()))


def test_why_there_is_no_down_script_is_said() -> None:
    text = create_text(made(down=CreatedDown(problem="No server is here.")))
    assert "No down.sql: No server is here." in text
    assert "drafts what takes it back" not in text


def test_nothing_in_a_schema_drives_the_terminal() -> None:
    hostile = replace(INDEX.migration, sql='-- \x1b[2J\x1b]0;x\x07\nSELECT "\u202e";\n')
    text = create_text(
        made(
            migration=hostile,
            difference=replace(DIFFERENCE, schema="a\x1b[2Jb"),
            refused="\x1b[2J refused",
        )
    )
    assert not any(each in text for each in "\x1b\x07\u202e")


def test_colour_is_there_where_it_is_wanted() -> None:
    assert "\x1b[" in create_text(made(), colour=True)
