"""Where statements and comments go when a migration is split, byte by byte."""

import pytest

from bot.core.findings.fixed import Fixing
from bot.core.findings.review import Review
from bot.core.migrations.history import Change
from bot.core.migrations.migration import Migration
from bot.fixing.fix import Wish, fix
from bot.judge.judge import judge
from bot.rules import RULES
from tests.judging import change

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT, "age" INT);
CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT, "title" TEXT);
"""
INDEX = 'CREATE INDEX "User_age_idx" ON "User"("age");'
CONCURRENTLY = 'CREATE INDEX CONCURRENTLY "User_age_idx" ON "User"("age");'
KEY = 'ALTER TABLE "Post" ADD CONSTRAINT "k" FOREIGN KEY ("userId") REFERENCES "User"("id")'
ADD = 'ALTER TABLE "User" ADD COLUMN "a" INT;'
POST = 'ALTER TABLE "Post" ADD COLUMN "b" INT;'


def fixed(
    *added: str, before: str = BEFORE, prisma: str | None = None, **options: object
) -> Fixing:
    def judging(made: Change) -> Review:
        return judge(made, RULES, prisma=prisma)

    return fix(change(*added, before=[before]), judging, **options)  # type: ignore[arg-type]


def texts(*added: str, **options: object) -> list[str]:
    made = fixed(*added, **options)  # type: ignore[arg-type]
    return [each.sql for migration in made.migrations for each in migration.after]


def names(*added: str) -> list[str]:
    return [each.name for fixed_one in fixed(*added).migrations for each in fixed_one.after]


def reasons(made: Fixing) -> dict[str, str]:
    return {each.finding.rule: each.reason for one in made.migrations for each in one.left}


def test_an_index_stands_alone_and_what_follows_it_comes_in_a_third_folder() -> None:
    assert texts(f"{ADD}\n\n{INDEX}\n{ADD.replace('a', 'c')}") == [
        f"{ADD}\n",
        f"{CONCURRENTLY}\n",
        f"{ADD.replace('a', 'c')}\n",
    ]
    assert names(f"{ADD}\n{INDEX}") == ["20240201000000_new", "20240201000001_new_index"]


def test_an_index_that_comes_first_keeps_the_name_of_the_migration() -> None:
    assert names(f"{INDEX}\n{ADD}") == ["20240201000000_new", "20240201000001_new_columns"]


def test_validations_of_one_migration_share_the_last_folder() -> None:
    first, second = f"{KEY};", f"{KEY};".replace('"k"', '"l"')
    made = texts(f"SET lock_timeout = '2s';\n{first}\n{second}")
    assert len(made) == 2
    assert made[0].count(" NOT VALID;") == 2
    assert made[1].count("VALIDATE CONSTRAINT") == 2


def test_folders_behind_each_other_are_shared_level_by_level() -> None:
    made = texts(f'ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;\n{KEY};')
    assert [text.count("VALIDATE CONSTRAINT") for text in made] == [0, 2, 0]
    assert "SET NOT NULL" in made[2]


def test_comments_stay_with_their_statements() -> None:
    sql = (
        f"/* about it all */\n\n-- add\n{ADD} -- behind\n\n-- why the index\n"
        f"-- two lines\n{INDEX} -- for the feed\n-- the end\n"
    )
    assert texts(sql) == [
        f"/* about it all */\n\n-- add\n{ADD} -- behind\n",
        f"-- why the index\n-- two lines\n{CONCURRENTLY} -- for the feed\n-- the end\n",
    ]


def test_a_comment_stays_directly_above_its_statement_when_another_comes_first() -> None:
    sql = f"-- the file\n\n-- AddForeignKey\n{KEY} NOT VALID;\n"
    assert texts(sql, prisma="6.19.0") == [
        f"-- the file\n\nSET lock_timeout = '2s';\n-- AddForeignKey\n{KEY} NOT VALID;\n"
    ]


def test_an_allowance_stays_with_its_statement_and_one_for_the_file_at_the_top() -> None:
    one = "-- migration-bot: allow fk-without-index because it is tiny"
    assert texts(f"{one}\n{KEY} NOT VALID;\n", prisma="6.19.0") == [
        f"SET lock_timeout = '2s';\n{one}\n{KEY} NOT VALID;\n"
    ]
    whole = one.replace("allow", "allow-file")
    assert texts(f"{whole}\n{KEY} NOT VALID;\n", prisma="6.19.0") == [
        f"{whole}\nSET lock_timeout = '2s';\n{KEY} NOT VALID;\n"
    ]


def test_odd_formatting_of_what_is_not_touched_stays() -> None:
    odd = "CREATE  TABLE   n\t( a   INT PRIMARY KEY ,\n\n  b text )  ;  SELECT   1;"
    first, second = texts(f"{odd}\n{INDEX}")
    assert first == f"{odd}\n"
    assert second == f"{CONCURRENTLY}\n"


def test_line_ends_stay_what_they_were() -> None:
    made = texts(f"{ADD}\r\n{INDEX}\r\n")
    assert made == [f"{ADD}\r\n", f"{CONCURRENTLY}\r\n"]
    (in_place,) = texts(
        'ALTER TABLE "User"\r\nADD COLUMN IF NOT EXISTS "x" INT;\r\n',
        wish=Wish({"add-column-if-not-exists"}),
    )
    assert in_place == 'ALTER TABLE "User"\r\nADD COLUMN "x" INT;\r\n'


def test_a_byte_order_mark_is_a_finding_and_not_rewritten() -> None:
    made = fixed(f"\ufeff{INDEX}")
    assert made.changed == ()
    assert set(reasons(made)) == {"file-encoding"}


def test_a_last_statement_without_a_semicolon_gets_one_where_something_follows() -> None:
    assert texts(INDEX.rstrip(";")) == [CONCURRENTLY.rstrip(";")]
    made = texts(f'{KEY} NOT VALID;\nALTER TABLE "Post" VALIDATE CONSTRAINT k -- now')
    assert made[1] == 'ALTER TABLE "Post" VALIDATE CONSTRAINT k; -- now\n'


def test_a_transaction_that_is_cut_is_closed_and_opened_again() -> None:
    made = texts(f"BEGIN;\n{ADD}\n{INDEX}\n{POST}\nCOMMIT;\n")
    assert made == [
        f"BEGIN;\n{ADD}\nCOMMIT;\n",
        f"{CONCURRENTLY}\n",
        f"BEGIN;\n{POST}\nCOMMIT;\n",
    ]


def test_a_transaction_round_one_index_goes_and_its_comments_stay() -> None:
    made = texts(f"-- carefully\nBEGIN;\n{INDEX}\nCOMMIT; -- done\n")
    assert made == [f"-- carefully\n{CONCURRENTLY}\n-- done\n"]


def test_settings_hold_in_the_folders_that_follow_but_not_beside_concurrently() -> None:
    made = texts(f"SET lock_timeout = '2s';\n{ADD}\n{INDEX}\n{POST}")
    assert made == [
        f"SET lock_timeout = '2s';\n{ADD}\n",
        f"{CONCURRENTLY}\n",
        f"SET lock_timeout = '2s';\n{POST}\n",
    ]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f"SET search_path = app;\n{INDEX}", "search_path"),
        (f"CREATE TEMP TABLE t AS SELECT 1 AS a;\n{INDEX}", "temporary table"),
        (f"SELECT set_config('search_path', '', false);\n{INDEX}", "set_config"),
        (f'ALTER TABLE "Post" RENAME TO "Old";\n{INDEX}\nCREATE VIEW "Post" AS SELECT 1;', "Post"),
    ],
)
def test_what_holds_statements_together_is_named_and_nothing_is_split(sql: str, why: str) -> None:
    made = fixed(sql)
    assert made.changed == ()
    assert why in reasons(made)["index-create-blocking"]


def test_an_allowed_finding_is_left_alone() -> None:
    allow = "-- migration-bot: allow index-create-blocking because it is tiny"
    assert texts(f"{allow}\n{INDEX}\n") == [f"{allow}\n{INDEX}\n"]
    for_the_file = allow.replace("allow ", "allow-file ", 1)
    other = 'CREATE INDEX "Post_title_idx" ON "Post"("title");'
    assert texts(f"{for_the_file}\n{INDEX}\n{other}\n") == [f"{for_the_file}\n{INDEX}\n{other}\n"]


def test_allowances_for_the_file_hold_in_every_folder_it_becomes() -> None:
    allow = "-- migration-bot: allow-file index-create-blocking because it is tiny"
    not_null = 'ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;'
    made = fixed(f"{allow}\n{not_null}\n{INDEX}\n")
    parts = [each.sql for each in made.migrations[0].after]
    assert f"{allow}\n{INDEX}\n" in parts
    assert sum(allow in each for each in parts) == 1
    assert all(CONCURRENTLY not in each for each in parts)
    assert made.migrations[0].left == ()


def test_a_migration_with_a_down_script_is_not_split() -> None:
    given = change(INDEX, f"{ADD}\n{INDEX.replace('age', 'email')}", before=[BEFORE])
    head = tuple(
        Migration(each.name, each.path, each.sql, down="DROP INDEX x;")
        for each in given.head.migrations
    )
    made = fix(
        Change(type(given.head)(given.head.folder, head), given.now, given.base),
        lambda one: judge(one, RULES),
    )
    first, second = made.migrations
    assert [each.sql for each in first.after] == [CONCURRENTLY]
    assert not second.changed
    assert "down.sql" in second.left[0].reason


def test_untouchable_migrations_say_why() -> None:
    made = fixed(INDEX, untouchable={"20240201000000_new": "staging has applied it"})
    assert made.changed == ()
    assert reasons(made)["index-create-blocking"] == "staging has applied it"


def test_later_migrations_of_the_branch_move_on() -> None:
    assert names(f"{ADD}\n{INDEX}", 'ALTER TABLE "Post" ADD COLUMN c INT;') == [
        "20240201000000_new",
        "20240201000001_new_index",
        "20240201000002_new",
    ]


def test_a_merged_migration_is_never_jumped_over() -> None:
    given = change(f"{ADD}\n{INDEX}", before=[BEFORE])
    late = Migration("20240201000001_late", "prisma/migrations/20240201000001_late", "SELECT 1;")
    assert given.base is not None
    base = type(given.base)(given.base.folder, (*given.base.migrations, late))
    head = type(given.head)(given.head.folder, (*given.head.migrations, late))
    made = fix(Change(head, given.now, base), lambda one: judge(one, RULES))
    assert made.changed == ()
    assert "20240201000001_late" in reasons(made)["index-create-blocking"]


def test_notices_are_rewritten_only_when_asked_for() -> None:
    notice = 'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "x" INT;'
    assert texts(notice) == [notice]
    assert texts(notice, wish=Wish({"add-column-if-not-exists"})) == [
        'ALTER TABLE "User" ADD COLUMN "x" INT;'
    ]


def test_a_prisma_that_commits_statements_one_by_one_gets_transactions() -> None:
    made = texts(
        'ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;', prisma="7.8.0", one_by_one=True
    )
    assert made[2].startswith("BEGIN;\n")
    assert made[2].endswith("COMMIT;\n")


def test_a_file_that_prisma_would_commit_in_pieces_becomes_one_transaction() -> None:
    first, second = 'CREATE TABLE a ("id" TEXT PRIMARY KEY);', "CREATE TABLE b (i INT PRIMARY KEY);"
    assert texts(f"-- both\n\n-- a\n{first}\n{second}", prisma="7.8.0", one_by_one=True) == [
        f"-- both\n\nBEGIN;\n-- a\n{first}\n{second}\nCOMMIT;\n"
    ]


def test_a_setting_that_two_statements_need_is_made_once() -> None:
    table = 'CREATE TABLE c ("i" INT PRIMARY KEY, "p" TEXT);'
    other = 'ALTER TABLE c ADD CONSTRAINT q FOREIGN KEY ("p") REFERENCES "Post"("id");'
    made = texts(
        f"{table}\n{INDEX}\n-- k\n{KEY};\n\n-- q\n{other}", prisma="7.8.0", one_by_one=True
    )
    assert made[2] == (
        f"BEGIN;\nSET lock_timeout = '2s';\n-- k\n{KEY} NOT VALID;\n\n-- q\n{other}\nCOMMIT;\n"
    )


def test_fixing_twice_changes_nothing_more() -> None:
    once = texts(f"{ADD}\n{INDEX}\n{KEY};")
    assert texts(*once) == once


def test_a_partition_with_a_check_of_its_own_bounds_is_not_rewritten() -> None:
    """PostgreSQL may find that the CHECK says it all, and then there is none to drop."""
    before = (
        'CREATE TABLE l ("at" DATE NOT NULL) PARTITION BY RANGE ("at");\n'
        "CREATE TABLE m PARTITION OF l FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\n"
    )
    detach = "ALTER TABLE l DETACH PARTITION m;\n"
    assert len(texts(detach, before=before)) == 2
    check = "ALTER TABLE m ADD CONSTRAINT c CHECK (\"at\" >= '2024-01-01');\n"
    assert texts(detach, before=before + check) == [detach]
