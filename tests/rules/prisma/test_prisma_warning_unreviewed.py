"""Warnings of Prisma that are left in a file, against what our own rules report."""

import pytest

from bot import rules
from tests.judging import judged

USER = (
    "CREATE TYPE \"Role\" AS ENUM ('A', 'B');"
    'CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT, "email" TEXT, "role" "Role",'
    ' CONSTRAINT "User_pkey" PRIMARY KEY ("id"));'
)


def warned(sql: str, *bullets: str) -> list[tuple[int, str]]:
    listed = "\n".join(f"  - {each}" for each in bullets)
    text = f"/*\n  Warnings:\n\n{listed}\n\n*/\n{sql}"
    found = judged(text, before=[USER]).findings
    return [(each.line, each.message) for each in found if each.rule == "prisma-warning-unreviewed"]


@pytest.mark.parametrize(
    ("bullet", "sql"),
    [
        (
            "You are about to drop the column `name` on the `User` table. All the data in the "
            "column will be lost.",
            'ALTER TABLE "User" DROP COLUMN "name";',
        ),
        (
            "A unique constraint covering the columns `[name,email]` on the table `User` will be "
            "added. If there are existing duplicate values, this will fail.",
            'CREATE UNIQUE INDEX "User_name_email_key" ON "User"("name", "email");',
        ),
        (
            "Made the column `name` on table `User` required, but there are existing NULL values.",
            'ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;',
        ),
        (
            "The values [B] on the enum `Role` will be removed. If these variants are still used "
            "in the database, this will fail.",
            "CREATE TYPE \"Role_new\" AS ENUM ('A');"
            'ALTER TABLE "User" ALTER "role" TYPE "Role_new" USING "role"::text::"Role_new";'
            'ALTER TYPE "Role" RENAME TO "Role_old"; ALTER TYPE "Role_new" RENAME TO "Role";'
            'DROP TYPE "Role_old";',
        ),
        (
            "Changed the type of `name` on the `User` table. No cast exists, the column would be "
            "dropped and recreated, which cannot be done if there is data.",
            'ALTER TABLE "User" DROP COLUMN "name", ADD COLUMN "name" INTEGER;',
        ),
    ],
)
def test_what_another_rule_reports_needs_no_second_finding(bullet: str, sql: str) -> None:
    assert warned(sql, bullet) == []


def test_what_no_rule_reports_is_said_once_where_it_stands() -> None:
    found = warned(
        'ALTER TABLE "User" DROP COLUMN "name";',
        "You are about to drop the column `name` on the `User` table.",
        "You are about to drop the column `email` on the `User` table.",
        "You are about to drop the `Post` table.",
    )
    assert found == [
        (
            5,
            "Prisma warned, and no finding is about it (and 1 more): You are about to drop the "
            "column email on the User table.",
        )
    ]


def test_a_longer_name_is_not_mistaken_for_the_one_that_is_meant() -> None:
    found = warned(
        'ALTER TABLE "User" DROP COLUMN "name";',
        "You are about to drop the column `nam` on the `User` table.",
    )
    assert len(found) == 1


def test_the_rule_sees_findings_that_were_allowed_as_well() -> None:
    allowance = "-- migration-bot: allow column-dropped because nobody reads it\n"
    sql = f'{allowance}ALTER TABLE "User" DROP COLUMN "name";'
    assert warned(sql, "You are about to drop the column `name` on the `User` table.") == []


def test_it_is_judged_alone_as_well() -> None:
    rule = next(each for each in rules.RULES if each.__name__.endswith("warning_unreviewed"))
    text = "/*\n  Warnings:\n\n  - drop `User`\n*/\nSELECT 1;"
    (found,) = judged(text, before=[USER], rules=[rule]).findings
    assert (found.line, found.column) == (4, 3)
