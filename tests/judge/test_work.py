"""Twice the statements are twice the work, for every rule and every kind of statement.

Nothing is timed: the lines that Python runs are counted, function by function, for scripts of one,
two and four times the length. What looks through the whole file for each of its statements grows
four times as much in the second step as in the first, on any machine.
"""

import sys
from collections import Counter
from types import CodeType, FrameType
from typing import Any

from tests.judge.examples import SWITCHED_ON
from tests.judging import review

# Statements on objects of their own and on one that all share; # is a number.
KINDS = """
CREATE TABLE "T#" ("id" TEXT PRIMARY KEY, "a" INT NOT NULL, "b" VARCHAR(20), "s" INT);
CREATE UNIQUE INDEX "T#_a_key" ON "T#"("a");
CREATE INDEX "T#_b_idx" ON "T#"("b") WHERE "a" > 1;
ALTER TABLE "T#" ADD COLUMN "c" INT NOT NULL DEFAULT 0, ADD COLUMN "d" TEXT;
ALTER TABLE "T#" ADD CONSTRAINT "T#_fkey" FOREIGN KEY ("s") REFERENCES "User"("n");
INSERT INTO "T#" ("id", "a") VALUES ('x', 1);
UPDATE "T#" SET "b" = 'y' WHERE "a" = 2;
ALTER TABLE "User" ADD COLUMN "c#" INT;
ALTER TABLE "User" ADD COLUMN "f#" TEXT NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE "User" ADD CONSTRAINT "u#_check" CHECK ("n" > #) NOT VALID;
ALTER TABLE "User" VALIDATE CONSTRAINT "u#_check";
ALTER TABLE "User" ADD CONSTRAINT "u#_fkey" FOREIGN KEY ("c#") REFERENCES "T#"("a");
ALTER TABLE "User" ALTER COLUMN "c#" TYPE BIGINT;
ALTER TABLE "User" ALTER COLUMN "c#" SET NOT NULL;
ALTER TABLE "User" ALTER COLUMN "c#" SET DEFAULT 5;
ALTER TABLE "User" RENAME COLUMN "f#" TO "g#";
CREATE INDEX "User_c#_idx" ON "User"("c#");
CREATE INDEX CONCURRENTLY "User_n#_idx" ON "User"("n", "c#");
DROP INDEX "User_c#_idx";
UPDATE "User" SET "n" = 2;
UPDATE "User" SET "n" = 2 WHERE "n" = #;
DELETE FROM "User" WHERE "n" = #;
INSERT INTO "User" ("n") SELECT "a" FROM "T#";
ALTER TABLE "User" DROP COLUMN "g#";
CREATE TYPE "E#" AS ENUM ('A', 'B');
ALTER TYPE "E#" ADD VALUE 'C';
ALTER TYPE "Kind" ADD VALUE 'v#';
CREATE VIEW "V#" AS SELECT "n" FROM "User" WHERE "n" > #;
CREATE FUNCTION f#() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "g#" BEFORE INSERT ON "T#" FOR EACH ROW EXECUTE FUNCTION f#();
CREATE SEQUENCE "s#";
CREATE POLICY "p#" ON "User" USING ("n" = #);
GRANT SELECT ON "T#" TO reader;
COMMENT ON TABLE "T#" IS 'x';
ALTER TABLE "T#" RENAME TO "R#";
DROP TABLE "Old#";
DROP VIEW "V#";
DO $$ BEGIN EXECUTE 'SELECT #'; END $$;
SELECT set_config('a.b#', 'x', false);
SET lock_timeout = '#s';
""".strip()
BEFORE = """
CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "n" INT UNIQUE);
CREATE TYPE "Kind" AS ENUM ('A');
"""
TIMES = 3
# Two for work that grows with the text, four for work that grows with its square.
MOST = 2.6
# What a whole file's worth of lookups in one small loop costs; less cannot be felt.
FEWEST = 4_000
# A row that goes is looked for in every table that refers to its own, and each is told of: with as
# many such tables as statements, that is what there is to say.
REACHED = {"judge/catalogue/catalogue.py references_to", "judge/catalogue/schema.py known"}


def work(times: int, lines: list[str]) -> Counter[CodeType]:
    """How many lines each function ran to judge the statements so many times over."""
    sql = "\n".join(each.replace("#", str(n)) for n in range(times) for each in lines)
    old = "\n".join(f'CREATE TABLE "Old{n}" ("id" INT PRIMARY KEY);' for n in range(4 * TIMES))
    counted: Counter[CodeType] = Counter()

    def enter(frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if "/bot/" not in code.co_filename:
            return None
        counted[code] += 1
        return step

    def step(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            counted[frame.f_code] += 1
        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        review(sql, before=(BEFORE + old,), severities=SWITCHED_ON)
    finally:
        sys.settrace(before)
    return counted


def grown_too_much(lines: list[str]) -> dict[str, str]:
    one, two, four = (work(factor * TIMES, lines) for factor in (1, 2, 4))
    found = {}
    for code in four:
        first, second = two[code] - one[code], four[code] - two[code]
        if second > FEWEST and second > MOST * first:
            name = f"{code.co_filename.rpartition('/bot/')[2]} {code.co_name}"
            grown = f"line {code.co_firstlineno}: {first} lines more for the first doubling"
            if name not in REACHED:
                found[name] = f"{grown}, {second} for the next"
    return found


def test_no_rule_looks_through_the_whole_file_for_every_statement() -> None:
    found = grown_too_much(KINDS.splitlines())
    assert found == {}
