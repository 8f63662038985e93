"""Findings inside DO blocks and called functions."""

from bot.core.findings.finding import Finding
from tests.judging import judged

BEFORE = [
    """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "n" INT, "role" TEXT);
CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT);
CREATE FUNCTION clean() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM "User"; END $$;
"""
]


def found(sql: str, rule: str) -> list[Finding]:
    return [each for each in judged(sql, before=BEFORE).findings if each.rule == rule]


def test_a_finding_points_into_the_block() -> None:
    sql = """SELECT 1;
DO $$
BEGIN
    -- nothing
    DELETE FROM "User";
END $$;
"""
    (finding,) = found(sql, "delete-without-where")
    assert (finding.line, finding.column, finding.end_line) == (5, 5, 5)
    assert finding.statement == 1


def test_rules_about_rows_see_the_statements_inside() -> None:
    sql = """DO $$ BEGIN
  UPDATE "User" SET "role" = 'a' WHERE "role" = 'b';
END $$;"""
    (finding,) = found(sql, "backfill-unbatched")
    assert finding.line == 2


def test_a_constant_that_is_executed_is_pointed_at() -> None:
    sql = """DO $do$ BEGIN
  EXECUTE 'CREATE INDEX i ON "Order" ("userId")';
END $do$;"""
    (finding,) = found(sql, "index-create-blocking")
    assert (finding.line, finding.column) == (2, 12)


def test_a_finding_inside_is_never_rewritten() -> None:
    inside = 'DO $$ BEGIN CREATE INDEX i ON "Order" ("userId"); END $$;'
    (finding,) = found(inside, "index-create-blocking")
    assert finding.rewrite is None
    (finding,) = found('CREATE INDEX i ON "Order" ("userId");', "index-create-blocking")
    assert finding.rewrite is not None


def test_only_the_branch_that_is_taken_is_looked_at() -> None:
    sql = """DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_class WHERE relname = '{}') THEN DELETE FROM "User"; END IF;
END $$;"""
    assert len(found(sql.format("Order"), "delete-without-where")) == 1
    assert found(sql.format("nowhere"), "delete-without-where") == []


def test_what_the_block_made_itself_is_new() -> None:
    sql = "DO $$ BEGIN CREATE TABLE n (a INT); DELETE FROM n; CREATE INDEX i ON n (a); END $$;"
    assert found(sql, "delete-without-where") == []
    assert found(sql, "index-create-blocking") == []


def test_a_function_is_pointed_at_where_it_is_called() -> None:
    sql = "SELECT 1;\nSELECT\n  clean();"
    (finding,) = found(sql, "delete-without-where")
    assert (finding.line, finding.statement) == (2, 1)


def test_a_block_with_escapes_is_pointed_at_as_a_whole() -> None:
    sql = "SELECT 1;\nDO 'BEGIN\n UPDATE \"User\" SET \"role\" = ''a''; END';"
    (finding,) = found(sql, "update-without-where")
    assert finding.line == 2


def test_an_allowance_above_a_block_covers_what_stands_in_it() -> None:
    allowed = "-- migration-bot: allow delete-without-where because it is a cache\n"
    sql = allowed + 'DO $$ BEGIN\n  DELETE FROM "User";\nEND $$;'
    (finding,) = found(sql, "delete-without-where")
    assert finding.allowed is not None


def test_a_handler_is_looked_at_though_nothing_points_to_its_error() -> None:
    sql = """DO $$ BEGIN
  INSERT INTO "Order" VALUES ('a', 'b');
EXCEPTION WHEN others THEN
  DELETE FROM "User";
END $$;"""
    (finding,) = found(sql, "delete-without-where")
    assert finding.line == 4
    (block,) = judged(sql, before=BEFORE).statements
    assert block.effects.loses == ()
    assert block.effects.conditional
