"""Prisma's warnings move with what they are about."""

from tests.fixing.test_splitting import CONCURRENTLY, INDEX, fixed, reasons, texts

DROP = "You are about to drop the column `email` on the `User` table. All of it will be lost."
REQUIRED = "Added the required column `title2` to the `Post` table without a default value."
UNIQUE = "A unique constraint covering the columns `[slug]` on the table `Post` will be added."


def comment(*warnings: str) -> str:
    bullets = "\n".join(f"  - {each}" for each in warnings)
    return f"/*\n  Warnings:\n\n{bullets}\n\n*/\n"


def test_a_warning_goes_to_the_folder_of_its_statement() -> None:
    drop = '-- AlterTable\nALTER TABLE "User" DROP COLUMN "email";\n'
    assert texts(f"{comment(DROP)}-- CreateIndex\n{INDEX}\n\n{drop}") == [
        f"-- CreateIndex\n{CONCURRENTLY}\n",
        f"{comment(DROP)}{drop}",
    ]


def test_line_ends_stay_what_they_were() -> None:
    drop = 'ALTER TABLE "User" DROP COLUMN "email";\n'
    made = texts(f"{comment(DROP)}{INDEX}\n{drop}".replace("\n", "\r\n"))
    assert made[1] == f"{comment(DROP)}{drop}".replace("\n", "\r\n")


def test_the_warning_of_a_required_column_goes_when_it_may_be_null_at_first() -> None:
    slug = 'ALTER TABLE "Post" ADD COLUMN "slug" TEXT, ADD COLUMN "title2" TEXT NOT NULL;\n'
    index = 'CREATE UNIQUE INDEX "Post_slug_key" ON "Post"("slug");\n'
    made = fixed(f"{comment(REQUIRED, UNIQUE)}{slug}{index}")
    first, second, *rest = (each.sql for each in made.migrations[0].after)
    assert first == slug.replace(" NOT NULL", "")
    assert second == comment(UNIQUE) + index.replace("INDEX", "INDEX CONCURRENTLY", 1)
    assert not any("Warnings" in each for each in rest)
    assert set(reasons(made)) == {"set-not-null-may-fail"}
    assert made.migrations[0].todos == (
        "fill Post.title2 in the rows that are there already, in a folder before the one that "
        "checks it; a comment there has an example.",
    )


def test_there_is_room_for_a_folder_before_the_check() -> None:
    made = fixed('ALTER TABLE "Post" ADD COLUMN "title2" TEXT NOT NULL;')
    names = [each.name for each in made.migrations[0].after]
    assert names == [
        "20240201000000_new",
        "20240201000002_new_check",
        "20240201000003_new_validate",
        "20240201000004_new_not_null",
    ]


def test_a_warning_that_fits_nowhere_stays_where_it_is() -> None:
    other = comment("You are about to do something to the `Elsewhere` table.")
    add = 'ALTER TABLE "Post" ADD COLUMN "b" INT;'
    assert texts(f"{other}{add}\n{INDEX}")[0] == f"{other}{add}\n"


def test_another_comment_is_not_touched() -> None:
    whole = f'/* why */\n{comment(DROP)}{INDEX}\nALTER TABLE "User" DROP COLUMN "email";\n'
    assert texts(whole)[0] == f"/* why */\n{CONCURRENTLY}\n"
